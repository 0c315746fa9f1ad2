/** Key of all choices that came after the question's list of choices was full. No escaped choice is equal to it. */
export const OTHER_CHOICE = '%other';

const UNSAFE = /[%.\n]/g;

/** Escapes a choice as the last part of a counter's path, without dots and line feeds. The inverse is `choiceOf`. */
export function choiceKey(choice: string): string {
  return choice.replace(UNSAFE, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

export function choiceOf(key: string): string {
  return key.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
