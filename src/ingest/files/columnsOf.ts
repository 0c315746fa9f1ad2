import { FileProblem } from './fileProblem.ts';
import { isBlank } from './textLines.ts';

/** Max columns of a file. */
const MAX_COLUMNS = 2_000;

/**
 * Names of the columns: trimmed, without empty ones at the end. A column without a name is called by its number, and a
 * repeated name gets the number of its repetition, so that each cell has a name.
 */
export function columnsOf(header: readonly string[]): string[] {
  const width = header.findLastIndex((name) => !isBlank(name)) + 1;
  if (width > MAX_COLUMNS) throw new FileProblem('tooLarge', `The header line has over ${MAX_COLUMNS} columns.`);
  const names = new Set<string>();
  for (const [index, cell] of header.slice(0, width).entries()) {
    const trimmed = cell.trim();
    // An object has a property of this name already.
    const name = trimmed === '' || trimmed === '__proto__' ? `column ${index + 1}` : trimmed;
    let unique = name;
    for (let count = 2; names.has(unique); count++) unique = `${name} (${count})`;
    names.add(unique);
  }
  return [...names];
}
