const PART_OF_WORD = /[\p{L}\p{N}]/u;

/** Whether a choice contains whole words, in any case: 'yes' is in 'Yes, at $10' but not in 'Yesterday'. */
export function hasWords(choice: string, words: string): boolean {
  const [text, wanted] = [choice.toLowerCase(), words.toLowerCase()];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
    const [after = ''] = text.slice(at + wanted.length);
    if (!PART_OF_WORD.test(before) && !PART_OF_WORD.test(after)) return true;
  }
  return false;
}
