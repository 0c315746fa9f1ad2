/** Kinds of sensitive data in free text: contacts, payment data, and secrets such as passwords and keys (`token`). */
export const FINDING_KINDS = ['e-mail', 'phone', 'card', 'iban', 'token'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Sensitive data in a text. `start` (inclusive) and `end` (exclusive) are UTF-16 offsets. */
export interface Finding {
  kind: FindingKind;
  start: number;
  end: number;
}

/** Letters of scripts that separate words by spaces. */
const LETTER = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]/u;
const IS_WORD = Uint8Array.from({ length: 128 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));

/** True if the character at an offset is such a letter, a digit or `_`, so that its neighbour is part of a word. */
export function isWordAt(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return code < 128 ? IS_WORD[code] === 1 : LETTER.test(text[offset] ?? '');
}
