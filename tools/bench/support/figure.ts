import type { BenchStores } from './bench.ts';

/** What one experiment has at hand. */
export interface Bench {
  stores: BenchStores;
  /** Shows what is going on, on the line of progress. */
  progress(text: string): void;
}

/** Measures one thing once. What cannot be believed (a total that is not exact) is thrown, not returned. */
export type Subject = (bench: Bench) => Promise<number>;

/** A figure of the table: one subject, against a baseline that was measured in the same round, or against nothing. */
export interface FigureSpec {
  name: string;
  title: string;
  subject: string;
  unit: string;
  /** a subject */
  baseline?: string;
  /** subjects that must have been measured before */
  needs?: string[];
  /** What the ratio, or without a baseline the value, must reach, and aims at; without them it is only shown. */
  must?: number;
  aim?: number;
  /** which side of `must` is right */
  better: 'higher' | 'lower';
}

/** Subjects measured in turn, round after round, so that what else the machine does meets them all alike. */
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
  /** lowest and highest of the rounds, of the ratio where there is one */
  spread: [number, number];
  must: number | null;
  aim: number | null;
  ok: boolean | null;
}

/** @param rounds what each subject gave in each round */
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
