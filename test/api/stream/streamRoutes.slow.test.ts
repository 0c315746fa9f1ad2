import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccessKey, revokeAccessKey } from '../../../src/models/keys/keys.ts';
import { inTransaction } from '../../../src/models/mongodb/inTransaction.ts';
import { createSession, endSessions } from '../../../src/models/signIn/sessions.ts';
import { addPerson } from '../../support/people.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';
import { until } from '../../support/until.ts';

type Body = ReturnType<typeof JSON.parse>;

let running: TestService;
beforeAll(async () => {
  running = await startTestService(isolatedStores());
  await post('acme', 4);
  await post('rival', 1);
  await running.stored(2);
});
afterAll(() => running.stop());

const post = (orgId: string, overallRating: number) =>
  running.call('POST', '/v1/feedback', { body: { orgId, overallRating } });

/** Opens a stream, and collects its events. */
async function open(
  path: string,
  key = KEYS.read,
  headers: Record<string, string> = { authorization: `Bearer ${key}` },
) {
  const abort = new AbortController();
  const response = await fetch(`${running.service.apiUrl}${path}`, {
    headers,
    signal: abort.signal,
  });
  const events: Body[] = [];
  const stream = { response, events, isEnded: false, close: () => abort.abort() };
  void (async () => {
    let text = '';
    try {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks)
          if (block.startsWith('event: figures\n')) events.push(JSON.parse(block.split('data: ')[1]!));
      }
    } catch {
      // closed by the test
    }
    stream.isEnded = true;
  })();
  return stream;
}

describe('GET /v1/stream', () => {
  it('sends all figures at first, and then those that changed', async () => {
    const stream = await open('/v1/stream');
    expect([stream.response.status, stream.response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    await until(() => stream.events.length === 1, 'the first event is there');
    expect(stream.events[0]).toMatchObject({ count: 2, overallRating: { count: 2, mean: 2.5 }, themes: {} });
    await post('acme', 5);
    await until(() => stream.events.length === 2, 'the second event is there');
    const [, { lastAt, sentiment: _, ...changed }] = stream.events;
    expect(changed).toMatchObject({ count: 3, overallRating: { count: 3, mean: 10 / 3 } });
    expect(Object.keys(changed).sort()).toEqual(['count', 'overallRating']);
    expect(typeof lastAt).toBe('string');
    stream.close();
  });

  it('ends after `limit` events, and answers HEAD', async () => {
    const { status, text } = await fetch(`${running.service.apiUrl}/v1/stream?limit=1`, {
      headers: { authorization: `Bearer ${KEYS.read}` },
    }).then(async (response) => ({ status: response.status, text: await response.text() }));
    expect([status, text.match(/event: figures/g)?.length, text.startsWith('retry: ')]).toEqual([200, 1, true]);
    const head = await fetch(`${running.service.apiUrl}/v1/stream`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${KEYS.read}` },
    });
    expect(head.status).toBe(200);
  });

  it('shows the key of one org that org alone', async () => {
    const { key } = await createAccessKey(running.models, { scope: 'read', orgId: 'rival' });
    await running.service.refreshKeys();
    const stream = await open('/v1/stream', key);
    await until(() => stream.events.length === 1, 'the first event is there');
    expect(stream.events[0]).toMatchObject({ count: 1, overallRating: { mean: 1 } });
    stream.close();
    expect((await running.call('GET', '/v1/stream?orgId=acme', { key })).status).toBe(403);
  });

  it('is refused to a key with twenty open streams, until one of them is closed', async () => {
    const { key } = await createAccessKey(running.models, { scope: 'read' });
    await running.service.refreshKeys();
    const streams = await Promise.all(Array.from({ length: 20 }, () => open('/v1/stream', key)));
    await until(() => streams.every(({ events }) => events.length === 1), 'all have the first event');
    const { status, headers } = await running.call('GET', '/v1/stream?limit=1', { key });
    expect([status, headers.get('retry-after')]).toEqual([429, '30']);
    streams[0]!.close();
    const isAccepted = async () => {
      const one = await open('/v1/stream?limit=1', key);
      return one.response.status === 200;
    };
    await until(isAccepted, 'there is room for another stream');
    for (const { close } of streams) close();
  });

  it('ends when the service stops, at once', async () => {
    const other = await startTestService(isolatedStores());
    const response = await fetch(`${other.service.apiUrl}/v1/stream`, {
      headers: { authorization: `Bearer ${KEYS.read}` },
    });
    const startedMs = Date.now();
    const [text] = await Promise.all([response.text(), other.stop()]);
    expect(text).toContain('retry: ');
    // Open responses may take four seconds to end before they are cut off.
    expect(Date.now() - startedMs).toBeLessThan(4_000);
  });
});

describe('a stream of a key that is revoked', () => {
  it('ends with the next heartbeat', async () => {
    const { key, id } = await createAccessKey(running.models, { scope: 'read' });
    await running.service.refreshKeys();
    const stream = await open('/v1/stream', key);
    await until(() => stream.events.length === 1, 'the first event is there');
    await revokeAccessKey(running.models, { id });
    await until(() => stream.isEnded, 'the stream has ended', 25_000);
  });
});

describe('a stream of a person', () => {
  it('ends with the next heartbeat after they lose their right, and goes on for others', async () => {
    const { models } = running;
    const openFor = async (name: string) => {
      const { _id: personId } = await addPerson(models, `${name}@example.com`, [{ role: 'viewer', orgId: 'acme' }]);
      const from = '198.51.100.1';
      const token = await inTransaction(models, (transaction) =>
        createSession(models, { personId, from }, transaction),
      );
      const stream = await open('/v1/stream', '', { cookie: `feedback_session=${token}` });
      await until(() => stream.events.length === 1, `${name} has the first event`);
      return { personId, stream };
    };
    const stays = await openFor('stays');
    const disabled = await openFor('disabled');
    const moved = await openFor('moved');
    const left = await openFor('left');
    await models.people.updateOne({ _id: disabled.personId }, { disabled: true });
    await models.people.updateOne({ _id: moved.personId }, { roles: [{ role: 'admin', orgId: 'rival' }] });
    await inTransaction(models, (transaction) => endSessions(models, { personId: left.personId }, transaction));
    for (const { stream } of [disabled, moved, left]) await until(() => stream.isEnded, 'the stream has ended', 25_000);
    // Its heartbeat came before the others'.
    expect(stays.stream.isEnded).toBe(false);
    stays.stream.close();
  });
});
