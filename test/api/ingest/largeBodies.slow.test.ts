import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

const MIB = 1024 * 1024;

let running: TestService;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
});
afterAll(() => running.stop());

/** A batch whose body has been sent but for its last bytes. */
async function almostSent(bytes: number): Promise<ClientRequest> {
  const call = request(`${running.service.apiUrl}/v1/feedback/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEYS.ingest}`, 'content-type': 'application/json' },
  });
  call.on('error', () => {});
  await new Promise((sent) => {
    call.write(`{"feedback":[{"overallRating":4}]${' '.repeat(bytes)}`, sent);
  });
  await sleep(300);
  return call;
}

async function statusOf(call: ClientRequest): Promise<number> {
  const [response] = await once(call, 'response');
  response.resume();
  return response.statusCode;
}

describe('large bodies', () => {
  it('are refused with 503 if they are too large together, and accepted again when there is room', async () => {
    const first = await almostSent(14 * MIB);
    const second = request(`${running.service.apiUrl}/v1/feedback/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.ingest}`, 'content-type': 'application/json' },
    });
    second.on('error', () => {});
    const refused = statusOf(second);
    second.write(`{"feedback":[{"overallRating":4}]${' '.repeat(14 * MIB)}`);
    expect(await refused).toBe(503);
    // Small bodies still get room.
    expect((await running.call('POST', '/v1/feedback', { body: { overallRating: 5 } })).status).toBe(202);

    first.end('}');
    expect(await statusOf(first)).toBe(202);
    const third = await almostSent(14 * MIB);
    third.end('}');
    expect(await statusOf(third)).toBe(202);
  });

  it('free their room when their client goes away', async () => {
    for (let n = 0; n < 3; n++) {
      const left = await almostSent(14 * MIB);
      left.destroy();
      await sleep(100);
    }
    const last = await almostSent(14 * MIB);
    last.end('}');
    expect(await statusOf(last)).toBe(202);
  });
});
