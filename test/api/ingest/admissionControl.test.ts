import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../../../src/api/http/problem.ts';
import {
  createLoadShedder,
  type LoadShedder,
  type RequestAdmission,
  withBodyLength,
} from '../../../src/api/ingest/admissionControl.ts';
import { createTimeSlicer } from '../../../src/api/ingest/timeSlices.ts';
import { createAdmission } from '../../../src/ingest/overload/admission.ts';
import { createFairShare } from '../../../src/ingest/overload/fairShare.ts';
import { work } from '../../support/work.ts';

/** A whole number, so that what is computed from it is whole too. */
const NOW = 10_000;

/** The org `flood` is beyond its share, and the backlog drains by 20,000 bytes a second. */
function loadShedderAt(usedBytes: number, timeSlicer = createTimeSlicer()) {
  const admission = createAdmission({ all: 1_000_000, overflow: 750_000 });
  admission.sample(usedBytes + 20_000, NOW - 1_000);
  admission.sample(usedBytes, NOW);
  const shares = createFairShare({ perSecond: 1 });
  for (let n = 0; n < 100; n++) shares.consume('flood', NOW);
  return { admission, loadShedder: createLoadShedder({ admission, shares, timeSlicer, nowMs: () => NOW }) };
}

/** Sheds overflow, with 16,000 bytes a second to be reserved. */
const sheddingOverflow = () => loadShedderAt(780_000).loadShedder;

const bound = { id: 'k', scope: 'ingest', orgId: 'flood' } as const;
const unbound = { ...bound, orgId: null };
const requestOf = (caller: typeof bound | typeof unbound, isReserved = false): RequestAdmission => ({
  caller,
  reservationKey: undefined,
  bytes: 1_000,
  isReserved,
});
const large = (caller: typeof bound | typeof unbound, isReserved = false) =>
  withBodyLength(requestOf(caller, isReserved), 10_000);

function retryAfter(
  loadShedder: LoadShedder,
  key: string,
  { length, caller = bound }: { length?: string; caller?: { id: string } & Omit<typeof bound, 'id'> },
) {
  const headers = length === undefined ? {} : { 'content-length': length };
  try {
    loadShedder.begin({ headers } as IncomingMessage, caller, key);
  } catch (error) {
    return Number((error as Problem).headers['retry-after']);
  }
  return undefined;
}

describe('load shedding', () => {
  it('reserves by the announced length, and for a feedback at least', () => {
    const long = sheddingOverflow();
    expect(retryAfter(long, 'a', { length: '160000' })).toBe(10);
    expect(retryAfter(long, 'b', { length: '160000' })).toBe(20);
    const empty = sheddingOverflow();
    const all = Array.from({ length: 100 }, (_, n) => retryAfter(empty, `${n}`, { length: '0' }));
    expect(all.at(-1)).toBe(7);
    expect(retryAfter(sheddingOverflow(), 'a', {})).toBe(17);
  });

  it('reserves by the true length when the body has arrived', () => {
    const request = withBodyLength({ ...requestOf(unbound), reservationKey: 'k a' }, 160_000);
    expect(() => sheddingOverflow().admit('flood', request)).toThrow(
      expect.objectContaining({ headers: { 'retry-after': '10' } }),
    );
    expect(withBodyLength(request, 10).bytes).toBe(1_000);
  });

  it('gives the same key of another caller a reservation of its own', () => {
    const loadShedder = sheddingOverflow();
    expect(retryAfter(loadShedder, 'a', { length: '160000' })).toBe(10);
    expect(retryAfter(loadShedder, 'a', { length: '160000', caller: { ...bound, id: 'l' } })).toBe(20);
  });

  it('slices large bodies: those of a bound key beyond its share come last, and at most 64 of them wait', async () => {
    const { loadShedder } = loadShedderAt(100_000);
    const done: string[] = [];
    const come = async (name: string, request: RequestAdmission) => {
      await loadShedder.waitForSlice(request);
      done.push(name);
      // Takes as long as a large body.
      work(5);
    };
    const all = [come('at once', large(bound))];
    await all[0];
    for (let n = 0; n < 64; n++) all.push(come('flood', large(bound)));
    expect(loadShedder.waitForSlice(requestOf(bound))).toBeUndefined();
    await expect(loadShedder.waitForSlice(large(bound))).rejects.toMatchObject({
      status: 429,
      headers: { 'retry-after': '1' },
    });
    all.push(come('unbound', large(unbound)));
    all.push(come('reserved', large(bound, true)));
    await Promise.all(all);
    expect(done.slice(0, 4)).toEqual(['at once', 'unbound', 'reserved', 'flood']);
    expect(done).toHaveLength(67);
  });

  it('refuses a large body if there is no room left when its slice comes', async () => {
    const timeSlicer = createTimeSlicer();
    const { admission, loadShedder } = loadShedderAt(100_000, timeSlicer);
    await timeSlicer.acquire(true);
    work(5);
    const waiting = loadShedder.waitForSlice(large(bound));
    admission.recordAdmitted({ isOverflow: true, bytes: 800_000, sentBytes: 0 });
    await expect(waiting).rejects.toMatchObject({ status: 429 });
  });

  it('decides the priority of each feedback, and refuses overflow alone', () => {
    const { admission, loadShedder } = loadShedderAt(100_000);
    expect(loadShedder.admit('calm', requestOf(unbound))).toBe(0);
    expect(loadShedder.admit(undefined, requestOf(unbound))).toBe(0);
    expect(loadShedder.admit('flood', requestOf(unbound))).toBeGreaterThan(0);
    admission.recordAdmitted({ isOverflow: true, bytes: 660_000, sentBytes: 0 });
    expect(loadShedder.admit('calm', requestOf(unbound))).toBe(0);
    expect(() => loadShedder.admit('flood', requestOf(unbound))).toThrow(expect.objectContaining({ status: 429 }));
    expect(loadShedder.admit('flood', requestOf(unbound, true))).toBeGreaterThan(0);
  });

  it('idles after large overflow bodies while feedback within a share comes', async () => {
    const { loadShedder } = loadShedderAt(100_000, createTimeSlicer({ idleFactor: 1_000 }));
    loadShedder.admit('calm', requestOf(unbound));
    await loadShedder.waitForSlice(large(bound));
    work(5);
    const next = loadShedder.waitForSlice(large(bound))?.then(() => true);
    expect(await Promise.race([next, sleep(100, false)])).toBe(false);
    await loadShedder.waitForSlice(large(unbound));
  });
});
