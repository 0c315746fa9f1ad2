import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { generateDemo } from '../../../tools/demo/generateDemo.ts';
import { LoadError, type LoadProgress, loadDemo } from '../../../tools/demo/load.ts';

const feedback = [...generateDemo({ count: 1_200, until: new Date('2026-03-02T00:00:00Z') })];
const servers: Server[] = [];

interface Call {
  request: IncomingMessage;
  ids: string[];
}

/** A server that answers the nth request (from 1) with `answer`. */
async function serve(answer: (call: Call, nth: number, response: ServerResponse) => void | Promise<void>) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const call = {
      request,
      ids: (JSON.parse(body) as { feedback: { id: string }[] }).feedback.map(({ id }) => id),
    };
    calls.push(call);
    await answer(call, calls.length, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { calls, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const load = (baseUrl: string, policy = {}) =>
  loadDemo({ baseUrl, key: 'k1', feedback, total: feedback.length, policy: { firstPauseMs: 1, ...policy } });

describe('loading the demo', () => {
  test('posts each feedback once, 500 to a request and two requests at a time', async () => {
    let [underWay, most] = [0, 0];
    const { calls, baseUrl } = await serve(async (_, __, response) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay--;
      response.writeHead(202).end('{}');
    });
    const seen: LoadProgress[] = [];
    const result = await loadDemo({
      baseUrl: `${baseUrl}/`,
      key: 'k1',
      feedback,
      total: 1_200,
      onProgress: (at) => seen.push(at),
    });
    expect(result).toEqual({ accepted: 1_200, refused: 0, refusals: [] });
    expect(calls.map(({ ids }) => ids.length).sort()).toEqual([200, 500, 500]);
    expect(new Set(calls.flatMap(({ ids }) => ids)).size).toBe(1_200);
    expect(calls[0]!.request).toMatchObject({ method: 'POST', url: '/v1/feedback/batch' });
    expect(calls[0]!.request.headers.authorization).toBe('Bearer k1');
    expect(most).toBe(2);
    expect(seen.at(-1)).toEqual({ accepted: 1_200, refused: 0, total: 1_200 });
  });

  test('retries after 429, 503 and a lost connection', async () => {
    const { calls, baseUrl } = await serve(({ request }, nth, response) => {
      if (nth === 1) response.writeHead(503, { 'retry-after': '0' }).end();
      else if (nth === 2) request.socket.destroy();
      else if (nth === 3) response.writeHead(429).end();
      else response.writeHead(202).end('{}');
    });
    expect(await load(baseUrl)).toMatchObject({ accepted: 1_200, refused: 0 });
    expect(calls).toHaveLength(6);
  });

  test('waits as long as Retry-After says', async () => {
    const times: number[] = [];
    const { baseUrl } = await serve((_, nth, response) => {
      times.push(performance.now());
      if (nth === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(202).end('{}');
    });
    await loadDemo({
      baseUrl,
      key: 'k1',
      feedback: feedback.slice(0, 3),
      total: 3,
      policy: { firstPauseMs: 1 },
    });
    expect(times[1]! - times[0]!).toBeGreaterThan(950);
  });

  test('counts the refusals of a 207', async () => {
    const { baseUrl } = await serve(({ ids }, _, response) => {
      const results = ids.map((id, index) =>
        index < 3 ? { index, status: 'refused', problem: { title: 'Not valid' } } : { index, id, status: 'accepted' },
      );
      response.writeHead(207).end(JSON.stringify({ results, accepted: ids.length - 3, refused: 3 }));
    });
    const result = await load(baseUrl);
    expect(result).toMatchObject({ accepted: 1_191, refused: 9 });
    expect(result.refusals).toHaveLength(5);
    expect(result.refusals[0]).toMatchObject({ problem: { title: 'Not valid' } });
  });

  test('stops at any other refusal and reports its text', async () => {
    const { calls, baseUrl } = await serve((_, __, response) => {
      response.writeHead(401).end(JSON.stringify({ title: 'Unauthorized', detail: 'No such key' }));
    });
    await expect(load(baseUrl)).rejects.toThrow(
      /answered 401 \(Unauthorized: No such key\)\. The key is missing or not known/,
    );
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  test('gives up if nothing is accepted for too long', async () => {
    const { baseUrl } = await serve((_, __, response) => {
      response.writeHead(503).end();
    });
    const failure = load(baseUrl, { patienceMs: 60, longestPauseMs: 10 });
    await expect(failure).rejects.toThrow(LoadError);
    await expect(failure).rejects.toThrow(/Is the server running/);
  });

  test('reports why there is no answer', async () => {
    const { baseUrl } = await serve(() => {});
    servers.pop()!.close();
    await expect(load(baseUrl, { patienceMs: 20 })).rejects.toThrow(/gave no answer \(.*ECONNREFUSED/);
  });
});
