/**
 * A clause of a text without the punctuation before it, which belongs to neither of two clauses:
 * ", I would use it" is quoted from its first word. Offsets are in UTF-16 code units.
 */
export function trimClause(text: string, start: number, end: number): { start: number; text: string } {
  const clause = text.slice(start, end);
  const trimmed = clause.replace(/^[\s,;:.–—-]*/u, '');
  return { start: start + clause.length - trimmed.length, text: trimmed };
}
