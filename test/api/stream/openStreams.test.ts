import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { createFigureFeed } from '../../../src/api/stream/figureFeed.ts';
import { createOpenStreams } from '../../../src/api/stream/openStreams.ts';

it('a request that ends before it is served holds no stream', async () => {
  const feed = createFigureFeed({ read: async () => ({ count: 1 }), intervalMs: 1_000, maxListeners: 1 });
  const streams = createOpenStreams({
    feed,
    keys: { find: () => undefined },
    sessions: { reauthorize: async () => undefined },
  });
  const server = createServer().listen(0);
  await once(server, 'listening');
  const client = get({ port: (server.address() as AddressInfo).port }).on('error', () => {});
  const [request, response] = await once(server, 'request');
  // The look-up of a session takes until after the end of the connection.
  client.destroy();
  await once(response, 'close');
  const caller = { id: 'ada', kind: 'person', scope: 'read', orgId: null } as const;
  streams.serve({ caller, orgId: undefined, limit: undefined, request, response });
  const stopListening = feed.listen(undefined, () => true);
  streams.close();
  await new Promise((resolve) => server.close(resolve));
  expect(stopListening).toBeDefined();
});
