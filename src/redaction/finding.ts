/** What is looked for in free text: what reaches a person or pays for one, and what opens something. */
export const FINDING_KINDS = ['e-mail', 'phone', 'card', 'iban', 'token'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A place in a text, in UTF-16 units. */
export interface Finding {
  kind: FindingKind;
  start: number;
  end: number;
}

/** Letters of alphabets whose words are set apart by spaces. */
const LETTER = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;
const IS_WORD = Uint8Array.from({ length: 128 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));

/** Whether such a letter, a digit or `_` stands here: what is next to one would be a part of a word. */
export function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? IS_WORD[code] === 1 : LETTER.test(text[at] ?? '');
}
