/** Where a choice is counted that came after its question's list of choices was full. No real choice escapes to it. */
export const OTHER_CHOICE = '%other';

const UNSAFE = /[%.$\0]/g;

/** A choice as a MongoDB field name: without dots, dollars and NULs. The inverse is `choiceOf`. */
export function choiceKey(choice: string): string {
  return choice.replace(UNSAFE, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

export function choiceOf(key: string): string {
  return key.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
