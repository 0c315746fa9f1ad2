import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { createGate } from '../../src/api/gate.ts';
import type { Problem } from '../../src/api/problem.ts';
import { createAdmission } from '../../src/ingest/admission.ts';
import { createFairShare } from '../../src/ingest/fairShare.ts';

/** A gate that is shut for what is beyond a share, with 16,000 bytes a second to be promised; `flood` is beyond its. */
function shutGate() {
  const admission = createAdmission({ limitBytes: 1_000_000 });
  const now = performance.now();
  admission.sample(800_000, now - 1_000);
  admission.sample(780_000, now);
  const shares = createFairShare({ perSecond: 1 });
  for (let n = 0; n < 100; n++) shares.take('flood', now);
  return createGate({ admission, shares });
}

const caller = { id: 'k', scope: 'ingest', orgId: 'flood' } as const;

function retryAfter(gate: ReturnType<typeof createGate>, key: string, headers: IncomingMessage['headers']) {
  try {
    gate.enter({ headers } as IncomingMessage, caller as never, key);
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
    expect(() => gate.enter(request, other as never, 'a')).toThrow(
      expect.objectContaining({ headers: { 'retry-after': '20' } }),
    );
  });
});
