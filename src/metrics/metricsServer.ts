import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/** A browser that is led here is to show text, and run nothing. */
const SAFE = { 'content-security-policy': "default-src 'none'", 'x-content-type-options': 'nosniff' };

/** Serves `GET /metrics`. `sample` reads what must be fresh at every scrape, and may fail without failing the scrape. */
export function createMetricsServer(metrics: Metrics, sample: () => Promise<void>): Server {
  return createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { ...SAFE, 'content-type': 'text/plain' }).end('The metrics are at /metrics\n');
      return;
    }
    await sample().catch(() => {});
    response
      .writeHead(200, { ...SAFE, 'content-type': metrics.registry.contentType })
      .end(await metrics.registry.metrics());
  });
}
