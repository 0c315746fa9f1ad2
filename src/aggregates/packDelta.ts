import { SENTIMENT_LABELS } from '../analysis/analysis.ts';
import { RATINGS } from './contribution.ts';
import { type Delta, increment } from './delta.ts';

/** What subjects can be ranked by without reading all that is counted of them. */
export const RANKABLE = [...RATINGS, 'sentiment'] as const;

/**
 * A delta as it is stored. One text takes a third of the room that a document with a field for each counter takes, and
 * as much less time to write, which is most of what storing a feedback costs.
 */
export interface PackedDelta {
  /** feedback */
  n: number;
  /** for each of `RANKED`: of how many feedback it is known, and its sum */
  f: number[];
  /** each other counter: a line feed, its path, a space, its value */
  d: string;
}

export function packDelta(delta: Delta): PackedDelta {
  const lines: string[] = [];
  delta.forEach((value, path) => {
    if (path !== 'n') lines.push(value === 1 ? lineOfOne(path) : `\n${path} ${value}`);
  });
  const at = (path: string) => delta.get(path) ?? 0;
  const f: number[] = [];
  for (const paths of STARS) {
    let [known, sum] = [0, 0];
    for (let stars = 1; stars <= 5; stars++) {
      const count = at(paths[stars - 1]!);
      known += count;
      sum += stars * count;
    }
    f.push(known, sum);
  }
  let scored = 0;
  for (const path of SCORED) scored += at(path);
  f.push(scored, at('s.sum'));
  return { n: at('n'), f, d: lines.join('') };
}

export function unpackDelta(packed: Pick<PackedDelta, 'n' | 'd'>): Delta {
  return addPacked(new Map(), packed);
}

/** Adds what is packed to a delta, in place. */
export function addPacked(delta: Delta, { n, d }: Pick<PackedDelta, 'n' | 'd'>): Delta {
  increment(delta, 'n', n);
  for (let from = 1; from < d.length; ) {
    const next = d.indexOf('\n', from);
    const end = next < 0 ? d.length : next;
    const space = d.lastIndexOf(' ', end);
    increment(delta, d.slice(from, space), Number(d.slice(space + 1, end)));
    from = end + 1;
  }
  return delta;
}

const STARS = RATINGS.map((rating) => [1, 2, 3, 4, 5].map((stars) => `r.${rating}.${stars}`));
const SCORED = SENTIMENT_LABELS.map((label) => `s.${label}`);

/** Nearly all that one feedback adds is a one, at some hundred paths: texts made for each were an eighth of all garbage. */
const REMEMBERED_LINES = 20_000;
const linesOfOne = new Map<string, string>();

function lineOfOne(path: string): string {
  const known = linesOfOne.get(path);
  if (known !== undefined) return known;
  if (linesOfOne.size >= REMEMBERED_LINES) linesOfOne.clear();
  const line = `\n${path} 1`;
  linesOfOne.set(path, line);
  return line;
}
