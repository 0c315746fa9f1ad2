import type { BenchStores } from './bench.ts';

/** Resources of one experiment. */
export interface Bench {
  stores: BenchStores;
  /** Shows the current step on the progress line. */
  progress(text: string): void;
}

/** Measures one value once. Throws if the result can't be trusted, such as a total that isn't exact. */
export type Subject = (bench: Bench) => Promise<number>;

/** A row of the table: a subject, and the baseline measured in the same round, if any. */
export interface FigureSpec {
  name: string;
  title: string;
  subject: string;
  unit: string;
  /** a subject */
  baseline?: string;
  /** subjects that must have been measured before */
  needs?: string[];
  /** Bound and aim of the ratio, or of the value if there is no baseline. Without them the figure is only shown. */
  must?: number;
  aim?: number;
  /** which side of `must` is right */
  better: 'higher' | 'lower';
}

/** Subjects measured in turn, round after round, so that other load on the machine affects all alike. */
export interface Experiment {
  rounds: number;
  setUp?(bench: Bench): Promise<void>;
  tearDown?(): Promise<void>;
  subjects: Record<string, Subject>;
  figures: FigureSpec[];
}

export interface Figure {
  name: string;
  title: string;
  value: number;
  unit: string;
  baseline: { name: string; value: number } | null;
  ratio: number | null;
  /** lowest and highest of the rounds: of the ratio if there is one, else of the value */
  spread: [number, number];
  must: number | null;
  aim: number | null;
  ok: boolean | null;
}

/** @param rounds values of each subject, by round */
export function figureOf(spec: FigureSpec, rounds: Record<string, number>[]): Figure {
  const values = rounds.map((round) => round[spec.subject]!);
  const { baseline } = spec;
  const judged = baseline ? rounds.map((round) => round[spec.subject]! / round[baseline]!) : values;
  const result = median(judged);
  const { must } = spec;
  return {
    name: spec.name,
    title: spec.title,
    value: median(values),
    unit: spec.unit,
    baseline: baseline ? { name: baseline, value: median(rounds.map((round) => round[baseline]!)) } : null,
    ratio: baseline ? result : null,
    spread: [Math.min(...judged), Math.max(...judged)],
    must: must ?? null,
    aim: spec.aim ?? null,
    ok: must === undefined ? null : spec.better === 'higher' ? result >= must : result <= must,
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
