import { SENTIMENT_LABELS } from '../../analysis/analysis.ts';
import type { Level } from '../aggregateKey.ts';
import { type AggregateDelta, RATINGS } from '../contribution.ts';
import type { Delta } from '../delta.ts';

/** Levels whose subjects are ranked. */
export const RANKED_LEVELS = ['org', 'user', 'session'] as const;
export type RankedLevel = (typeof RANKED_LEVELS)[number];

/** A subject of a ranking. */
export interface RankedKey {
  level: RankedLevel;
  id: string;
  orgId: string | null;
}

/** Gains of the ranked figures of a subject: all numbers are sums, but for `lastAt`. */
export interface SubjectFigures {
  /** columns of `CORE`: counts and sums */
  sums: number[];
  /** time of the latest feedback in ms; 0 for a change that only subtracts */
  lastAt: number;
  /** for each theme: the number of feedback with it and an overall rating, and the sum of those ratings */
  themes: [theme: string, rated: number, stars: number][];
  /** how often each answer to `willingToPay` was given, by `choiceKey` */
  answers: [key: string, count: number][];
}

/** The same figures of one subject, or of a user and its session. */
export interface SubjectChange extends SubjectFigures {
  subjects: RankedKey[];
}

/** Columns of sums: `n` feedback, then for each measure the number of feedback that have it, and its sum. */
export const CORE = { n: 0, overallRating: 1, uxRating: 3, growMethodRating: 5, sentiment: 7, length: 9 } as const;

/** Gain of a pair of sums by one counter of a delta: of the count, and of the sum. */
const EFFECTS = new Map<string, { column: number; count: number; sum: number }>([
  ...RATINGS.flatMap((rating) =>
    [1, 2, 3, 4, 5].map((stars) => [`r.${rating}.${stars}`, { column: CORE[rating], count: 1, sum: stars }] as const),
  ),
  ...SENTIMENT_LABELS.map((label) => [`s.${label}`, { column: CORE.sentiment, count: 1, sum: 0 }] as const),
  ['s.sum', { column: CORE.sentiment, count: 0, sum: 1 }],
]);
const THEME = 't.';
const WILLING_TO_PAY = 'c.willingToPay.';
const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** The ranked figures in a delta. */
export function figuresIn(delta: Delta, lastAt: Date | null): SubjectFigures {
  const sums = new Array<number>(CORE.length).fill(0);
  const answers: SubjectFigures['answers'] = [];
  const themes = new Map<string, [rated: number, stars: number]>();
  delta.forEach((value, path) => {
    if (path === 'n') sums[CORE.n] = value;
    else if (path.startsWith(THEME)) addTheme(themes, path, value);
    else if (path.startsWith(WILLING_TO_PAY)) answers.push([path.slice(WILLING_TO_PAY.length), value]);
    else {
      const effect = EFFECTS.get(path);
      if (!effect) return;
      sums[effect.column]! += effect.count * value;
      sums[effect.column + 1]! += effect.sum * value;
    }
  });
  return {
    sums,
    lastAt: lastAt?.getTime() ?? 0,
    themes: [...themes].map(([theme, pair]) => [theme, ...pair]),
    answers,
  };
}

/** Only the counters `t.<theme>.r.<stars>` matter. */
function addTheme(themes: Map<string, [number, number]>, path: string, value: number): void {
  const last = path.charCodeAt(path.length - 1);
  if (last < DIGIT_0 || last > DIGIT_9 || !path.endsWith('.r.', path.length - 1)) return;
  const theme = path.slice(THEME.length, path.length - '.r.5'.length);
  const pair = themes.get(theme);
  const stars = (last - DIGIT_0) * value;
  if (!pair) themes.set(theme, [value, stars]);
  else {
    pair[0] += value;
    pair[1] += stars;
  }
}

/** The changes of ranked subjects in some deltas. A user and its session with the same Delta object share one. */
export function changesIn(deltas: Iterable<AggregateDelta>): SubjectChange[] {
  const changes: SubjectChange[] = [];
  let last: { delta: Delta; change: SubjectChange } | undefined;
  for (const { key, delta, lastAt } of deltas) {
    if (!isRanked(key.kind)) continue;
    const subject = { level: key.kind, id: key.id, orgId: key.orgId };
    if (last?.delta === delta && last.change.subjects[0]!.level === 'user' && key.kind === 'session') {
      last.change.subjects.push(subject);
      continue;
    }
    const change = { subjects: [subject], ...figuresIn(delta, lastAt) };
    changes.push(change);
    last = { delta, change };
  }
  return changes;
}

const isRanked = (kind: Level | `${string}-day`): kind is RankedLevel =>
  kind === 'user' || kind === 'session' || kind === 'org';
