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

/** Gain by a counter of a delta: of `n`, of an answer, of a theme's ratings, of a pair of sums, or none (null). */
type Gain =
  | { kind: 'n' }
  | { kind: 'answer'; key: string }
  | { kind: 'theme'; theme: string; stars: number }
  | { kind: 'sums'; column: number; count: number; sum: number }
  | null;

/** Max names of counters whose gain is remembered. */
const MAX_GAINS = 20_000;
const gains = new Map<string, Gain>();

function gainOf(path: string): Gain {
  let gain = gains.get(path);
  if (gain === undefined) {
    gain = readGain(path);
    if (gains.size >= MAX_GAINS) gains.clear();
    gains.set(path, gain);
  }
  return gain;
}

function readGain(path: string): Gain {
  if (path === 'n') return { kind: 'n' };
  if (path.startsWith(WILLING_TO_PAY)) return { kind: 'answer', key: path.slice(WILLING_TO_PAY.length) };
  if (path.startsWith(THEME)) {
    const match = /^t\.(.*)\.r\.(\d)$/su.exec(path);
    return match && { kind: 'theme', theme: match[1]!, stars: Number(match[2]) };
  }
  const effect = EFFECTS.get(path);
  return effect ? { kind: 'sums', ...effect } : null;
}

/** The ranked figures in a delta. */
export function figuresIn(delta: Delta, lastAt: Date | null): SubjectFigures {
  const sums = new Array<number>(CORE.length).fill(0);
  const answers: SubjectFigures['answers'] = [];
  const themes = new Map<string, SubjectFigures['themes'][number]>();
  for (const [path, value] of delta) {
    const gain = gainOf(path);
    if (gain === null) continue;
    if (gain.kind === 'sums') {
      sums[gain.column]! += gain.count * value;
      sums[gain.column + 1]! += gain.sum * value;
    } else if (gain.kind === 'theme') {
      const known = themes.get(gain.theme);
      if (known) {
        known[1] += value;
        known[2] += gain.stars * value;
      } else themes.set(gain.theme, [gain.theme, value, gain.stars * value]);
    } else if (gain.kind === 'n') sums[CORE.n] = value;
    else answers.push([gain.key, value]);
  }
  return { sums, lastAt: lastAt?.getTime() ?? 0, themes: [...themes.values()], answers };
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
