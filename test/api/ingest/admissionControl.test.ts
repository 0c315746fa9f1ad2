import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../../../src/api/http/problem.ts';
import { createLoadShedder, type RequestAdmission } from '../../../src/api/ingest/admissionControl.ts';
import { createTimeSlicer } from '../../../src/api/ingest/timeSlices.ts';
import { createAdmission } from '../../../src/ingest/overload/admission.ts';
import { createFairShare } from '../../../src/ingest/overload/fairShare.ts';
import { work } from '../../support/work.ts';

/** When it is now, for a gate; whole, so that what is reckoned with it is. */
const NOW = 10_000;

/** A gate where `flood` is beyond its share, and the backlog falls by 20,000 bytes a second. */
function gateAt(usedBytes: number, timeSlicer = createTimeSlicer()) {
  const admission = createAdmission({ all: 1_000_000, overflow: 750_000 });
  admission.sample(usedBytes + 20_000, NOW - 1_000);
  admission.sample(usedBytes, NOW);
  const shares = createFairShare({ perSecond: 1 });
  for (let n = 0; n < 100; n++) shares.consume('flood', NOW);
  return createLoadShedder({ admission, shares, timeSlicer, now: () => NOW });
}

/** It is shut for what is beyond a share, with 16,000 bytes a second to be promised. */
const shutGate = () => gateAt(780_000);

const caller = { id: 'k', scope: 'ingest', orgId: 'flood' } as const;
const anyOrgs = { ...caller, orgId: null };
const entranceOf = (by: object, hasPlace = false) =>
  ({
    caller: by,
    name: undefined,
    bytes: 1_000,
    hasPlace,
    isBeyondShare: false,
  }) as unknown as RequestAdmission;
const bodyOf = (orgId: string, characters = 10_000) =>
  Buffer.from(JSON.stringify({ feedback: [{ orgId, improvements: 'x'.repeat(characters) }] }));

function retryAfter(
  gate: ReturnType<typeof createLoadShedder>,
  key: string,
  headers: IncomingMessage['headers'],
) {
  try {
    gate.begin({ headers } as IncomingMessage, caller as never, key);
  } catch (error) {
    return Number((error as Problem).headers['retry-after']);
  }
  return undefined;
}

describe('the gate', () => {
  it('gives places by how much comes, and for a feedback at least', () => {
    const large = shutGate();
    expect(retryAfter(large, 'a', { 'content-length': '160000' })).toBe(10);
    expect(retryAfter(large, 'b', { 'content-length': '160000' })).toBe(20);
    const none = shutGate();
    const all = Array.from({ length: 100 }, (_, n) => retryAfter(none, `${n}`, { 'content-length': '0' }));
    expect(all.at(-1)).toBe(7);
    expect(retryAfter(shutGate(), 'a', {})).toBe(17);
  });

  it('gives the same name of another key a place of its own', () => {
    const gate = shutGate();
    const other = { ...caller, id: 'l' };
    expect(retryAfter(gate, 'a', { 'content-length': '160000' })).toBe(10);
    const request = { headers: { 'content-length': '160000' } } as IncomingMessage;
    expect(() => gate.begin(request, other as never, 'a')).toThrow(
      expect.objectContaining({ headers: { 'retry-after': '20' } }),
    );
  });

  it('has large bodies take turns: those that are all beyond a share last, and at most 64 of them wait', async () => {
    const gate = gateAt(100_000);
    const done: string[] = [];
    const come = async (name: string, body: Buffer, entrance: RequestAdmission) => {
      await gate.shedBody(body, entrance);
      done.push(name);
      // As long as a large body takes.
      work(5);
    };
    const all = [come('at once', bodyOf('flood'), entranceOf(anyOrgs))];
    await all[0];
    for (let n = 0; n < 64; n++)
      all.push(come('flood', bodyOf('flood'), entranceOf(n % 2 ? anyOrgs : caller)));
    expect(gate.shedBody(bodyOf('flood', 10), entranceOf(anyOrgs))).toBeUndefined();
    await expect(gate.shedBody(bodyOf('flood'), entranceOf(anyOrgs))).rejects.toMatchObject({
      status: 429,
      headers: { 'retry-after': '1' },
    });
    all.push(come('calm', bodyOf('calm'), entranceOf(anyOrgs)));
    all.push(come('has a place', bodyOf('flood'), entranceOf(anyOrgs, true)));
    await Promise.all(all);
    expect(done.slice(0, 4)).toEqual(['at once', 'calm', 'has a place', 'flood']);
    expect(done).toHaveLength(67);
  });

  it('lets no large body in for which there is no longer room when its turn comes', async () => {
    const admission = createAdmission({ all: 1_000_000, overflow: 750_000 });
    admission.sample(100_000, NOW);
    const shares = createFairShare({ perSecond: 1 });
    for (let n = 0; n < 100; n++) shares.consume('flood', NOW);
    const timeSlicer = createTimeSlicer();
    const gate = createLoadShedder({ admission, shares, timeSlicer, now: () => NOW });
    await timeSlicer.acquire(true);
    work(5);
    const waits = gate.shedBody(bodyOf('flood'), entranceOf(anyOrgs));
    admission.recordAdmitted({ isOverflow: true, bytes: 800_000, sentBytes: 0 });
    await expect(waits).rejects.toMatchObject({ status: 429 });
  });

  it('says how much came, and whether it is beyond a share', async () => {
    const gate = gateAt(100_000);
    const [beyond, within] = [entranceOf(anyOrgs), entranceOf(anyOrgs)];
    await gate.shedBody(bodyOf('flood', 20_000), beyond);
    expect(beyond).toMatchObject({ isBeyondShare: true, bytes: bodyOf('flood', 20_000).length });
    await gate.shedBody(bodyOf('calm', 10), within);
    gate.shedIfFull(true, within);
    expect(within).toMatchObject({ isBeyondShare: false, bytes: 1_000 });
  });

  it('has large bodies beyond a share rest when something comes that is within one', async () => {
    const gate = gateAt(100_000, createTimeSlicer({ rest: 1_000 }));
    const flood = () => gate.shedBody(bodyOf('flood'), entranceOf(anyOrgs));
    gate.shedIfFull(true, entranceOf(anyOrgs));
    await flood();
    work(5);
    const isDone = await Promise.race([flood()?.then(() => true), sleep(100, false)]);
    expect(isDone).toBe(false);
    await gate.shedBody(bodyOf('calm'), entranceOf(anyOrgs));
  });
});
