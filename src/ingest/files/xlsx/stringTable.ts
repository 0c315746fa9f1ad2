import { FileProblem } from '../fileProblem.ts';

/** Max bytes of the shared strings of a workbook, in UTF-8. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Max number of shared strings: as many as a sheet has rows, twice. */
const MAX_STRINGS = 2 * 1024 * 1024;

/** Strings by their number. They are held as bytes outside the heap of JavaScript, which is small. */
export interface StringTable {
  /** Throws FileProblem if the strings take too much memory. */
  add(text: string): void;
  get(index: number): string | undefined;
}

export function createStringTable(): StringTable {
  let bytes = Buffer.alloc(64 * 1024);
  let ends = new Uint32Array(1024);
  let count = 0;
  let size = 0;
  return {
    add(text) {
      const needed = size + Buffer.byteLength(text);
      if (needed > MAX_BYTES || count >= MAX_STRINGS)
        throw new FileProblem(
          'tooLarge',
          `The texts of the workbook are over ${MAX_BYTES} bytes, or over ${MAX_STRINGS}. Save the sheet as CSV.`,
        );
      if (needed > bytes.length) bytes = Buffer.concat([bytes], Math.max(needed, 2 * bytes.length));
      if (count === ends.length) {
        const longer = new Uint32Array(2 * ends.length);
        longer.set(ends);
        ends = longer;
      }
      size += bytes.write(text, size);
      ends[count++] = size;
    },
    get: (index) =>
      index >= 0 && index < count ? bytes.toString('utf8', index > 0 ? ends[index - 1] : 0, ends[index]) : undefined,
  };
}
