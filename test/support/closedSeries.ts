import { Counter } from 'prom-client';

/** The part of a counter of prom-client that is not in its types. */
interface OpenCounter {
  name: string;
  hashMap: Record<string, unknown>;
  incWithoutExemplar(labels?: unknown, value?: number): unknown;
}

/**
 * Makes a counter throw if it gets a series that it did not list at 0 from the start. A scrape of any process lists every
 * series, so that no first increase is missed.
 */
export function refuseUnlistedSeries(): void {
  const prototype = Counter.prototype as unknown as OpenCounter;
  const { incWithoutExemplar } = prototype;
  prototype.incWithoutExemplar = function (this: OpenCounter, labels, value) {
    const listed = Object.keys(this.hashMap).length;
    const result = incWithoutExemplar.call(this, labels, value);
    if (value !== 0 && Object.keys(this.hashMap).length > listed)
      throw new Error(`${this.name} has the series ${JSON.stringify(labels)}, which it did not list at 0`);
    return result;
  };
}
