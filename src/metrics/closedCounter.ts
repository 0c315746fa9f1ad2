import { Counter, type Registry } from 'prom-client';

/** A counter whose series are all known. Its type refuses other values of labels. */
export interface ClosedCounter<Labels extends Record<string, string>> {
  inc(labels: Labels, value?: number): void;
}

/**
 * Creates a counter that lists each of its series at 0 from the start. Otherwise a series would appear with its first
 * increase, and `rate()` and `increase()` would miss that one.
 */
export function createClosedCounter<Labels extends Record<string, string>>(
  registry: Registry,
  { name, help, series }: { name: string; help: string; series: readonly Labels[] },
): ClosedCounter<Labels> {
  const labelNames = Object.keys(series[0]!);
  const counter = new Counter({ name, help, labelNames, registers: [registry] });
  for (const labels of series) counter.inc(labels, 0);
  return counter;
}

/** Every combination of the values of some labels. */
export function seriesOf<const Values extends Record<string, readonly string[]>>(
  values: Values,
): { [Label in keyof Values]: Values[Label][number] }[] {
  let series: Record<string, string>[] = [{}];
  for (const [label, each] of Object.entries(values))
    series = series.flatMap((labels) => each.map((value) => ({ ...labels, [label]: value })));
  return series as { [Label in keyof Values]: Values[Label][number] }[];
}
