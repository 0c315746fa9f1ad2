import { Presets, SingleBar } from 'cli-progress';
import type { ImportDocument } from '../../models/imports/importSchema.ts';

const FORMAT =
  '{bar} {percentage}% | {rows} rows: {stored} stored, {duplicates} known, {refused} refused | {rate}/s{left}';
const UNDO_FORMAT = '{bar} {percentage}% | {value} of {total} taken back';
/** Percent between two lines, if the output is not a terminal. */
const LINE_EVERY = 10;

export interface ImportProgress {
  update(found: ImportDocument): void;
  stop(): void;
}

/** Shows the progress of an import or its undo: a bar in a terminal, else a line for each tenth. */
export function showProgress(print: (line: string) => void): ImportProgress {
  return process.stdout.isTTY ? showBar() : showLines(print);
}

function showBar(): ImportProgress {
  let bar: SingleBar | undefined;
  return {
    update(found) {
      bar ??= start(found);
      const { done, total } = shareOf(found);
      bar.setTotal(total);
      bar.update(done, figuresOf(found));
    },
    stop: () => bar?.stop(),
  };
}

function start(found: ImportDocument): SingleBar {
  const format = isUndo(found) ? UNDO_FORMAT : FORMAT;
  const bar = new SingleBar({ format, barsize: 24, hideCursor: true }, Presets.shades_classic);
  bar.start(shareOf(found).total, 0, figuresOf(found));
  return bar;
}

function showLines(print: (line: string) => void): ImportProgress {
  let last = -1;
  return {
    update(found) {
      const { done, total } = shareOf(found);
      const percent = Math.floor((100 * done) / total / LINE_EVERY) * LINE_EVERY;
      if (percent <= last) return;
      last = percent;
      const { rows, stored, duplicates, refused } = found.counts;
      print(
        isUndo(found)
          ? `${percent}%: ${found.removed} of ${stored} taken back`
          : `${percent}%: ${rows} rows: ${stored} stored, ${duplicates} known, ${refused} refused`,
      );
    },
    stop() {},
  };
}

const isUndo = ({ state }: ImportDocument) => state === 'undoing' || state === 'undone';

/** The finished part of the work, and all of it: bytes of an import, or feedback of an undo. */
function shareOf(found: ImportDocument): { done: number; total: number } {
  if (isUndo(found)) {
    // An erasure may have removed a part.
    const total = Math.max(1, found.state === 'undone' ? found.removed : found.counts.stored);
    return { done: found.state === 'undone' ? total : found.removed, total };
  }
  if (found.state === 'done') return { done: 1, total: 1 };
  return { done: found.bytesRead, total: Math.max(1, found.bytes) };
}

function figuresOf({ counts, bytes, bytesRead, elapsedMs }: ImportDocument) {
  const seconds = elapsedMs / 1000;
  const remaining = bytesRead > 0 && bytesRead < bytes ? Math.round(seconds * (bytes / bytesRead - 1)) : undefined;
  return {
    ...counts,
    rate: seconds > 0 ? Math.round(counts.rows / seconds) : 0,
    left: remaining === undefined ? '' : `, ${remaining} s left`,
  };
}
