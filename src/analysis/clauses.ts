/** A clause of a text; `start` and `end` are UTF-16 offsets. */
export interface Clause {
  start: number;
  end: number;
}

/** A text of more clauses than this is read to this point. */
const MAX_CLAUSES = 200;

const BOUNDARY = /[.!?;\n]+|\b(?:but|however|although|though|yet|except|whereas)\b/gi;

/** Cuts at sentence ends, line ends and words of contrast; not at every comma or 'and', which hurts. */
export function clausesOf(text: string): Clause[] {
  const clauses: Clause[] = [];
  let start = 0;
  const add = (end: number) => {
    const clause = text.slice(start, end);
    const trimmed = clause.trim();
    if (trimmed === '') return;
    const from = start + clause.indexOf(trimmed);
    clauses.push({ start: from, end: from + trimmed.length });
  };
  for (const match of text.matchAll(BOUNDARY)) {
    add(match.index);
    start = match.index + match[0].length;
    if (clauses.length >= MAX_CLAUSES) return clauses;
  }
  add(text.length);
  return clauses;
}
