import type { BenchStores } from './bench.ts';

/** Resources of one experiment. */
export interface Bench {
  stores: BenchStores;
  /** Whether only this experiment runs, so that it may take its time. */
  isAlone: boolean;
  /** Shows the current step on the progress line. */
  progress(text: string): void;
}

/**
 * Measures one value once, or several by name. Throws if the result can't be trusted, such as a total that isn't exact.
 */
export type Subject = (bench: Bench) => Promise<number | Record<string, number>>;

/** A row of the table: a subject, and the baseline measured in the same round, if any. */
export interface FigureSpec {
  name: string;
  /** left out if the name says it all */
  title?: string;
  /** a subject, or one of several values that a subject measures */
  subject: string;
  unit: string;
  /** a subject or value */
  baseline?: string;
  /** name of the baseline in the table, if not its own */
  baselineName?: string;
  /** subjects that must have been measured before */
  needs?: string[];
  /** Bound and aim of the ratio, or of the value if there is no baseline. Without them the figure is only shown. */
  must?: number;
  aim?: number;
  /** bound of the value itself, if there is a baseline, too */
  mustValue?: number;
  /** which side of `must` is right */
  better: 'higher' | 'lower';
}

/** Subjects measured in turn, round after round, so that other load on the machine affects all alike. */
export interface Experiment {
  /** name of the whole, to run it alone with its details */
  name?: string;
  rounds: number;
  setUp?(bench: Bench): Promise<void>;
  tearDown?(): Promise<void>;
  subjects: Record<string, Subject>;
  figures: FigureSpec[];
  /** Further rows if the experiment runs alone, known after its rounds. */
  details?(): FigureSpec[];
}

export interface Figure {
  name: string;
  title: string | null;
  value: number;
  unit: string;
  baseline: { name: string; value: number } | null;
  ratio: number | null;
  /** lowest and highest of the rounds: of the ratio if there is one, else of the value */
  spread: [number, number];
  must: number | null;
  aim: number | null;
  mustValue: number | null;
  ok: boolean | null;
}

/** @param rounds values of each subject, by round */
export function figureOf(spec: FigureSpec, rounds: Record<string, number>[]): Figure {
  const values = rounds.map((round) => round[spec.subject]!);
  const { baseline } = spec;
  const judged = baseline ? rounds.map((round) => round[spec.subject]! / round[baseline]!) : values;
  const result = median(judged);
  const value = median(values);
  const { must, mustValue } = spec;
  const isWithin = (measured: number, bound: number | undefined) =>
    bound === undefined || (spec.better === 'higher' ? measured >= bound : measured <= bound);
  return {
    name: spec.name,
    title: spec.title ?? null,
    value,
    unit: spec.unit,
    baseline: baseline
      ? { name: spec.baselineName ?? baseline, value: median(rounds.map((round) => round[baseline]!)) }
      : null,
    ratio: baseline ? result : null,
    spread: [Math.min(...judged), Math.max(...judged)],
    must: must ?? null,
    aim: spec.aim ?? null,
    mustValue: mustValue ?? null,
    ok: must === undefined && mustValue === undefined ? null : isWithin(result, must) && isWithin(value, mustValue),
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
