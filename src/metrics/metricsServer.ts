import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/** Headers that keep a browser from running anything. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
};

/** Serves `GET /metrics`. `sample` refreshes gauges before each scrape; its failure does not fail the scrape. */
export function createMetricsServer(metrics: Metrics, sample: () => Promise<void>): Server {
  return createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { ...SECURITY_HEADERS, 'content-type': 'text/plain' }).end('Metrics are at /metrics\n');
      return;
    }
    await sample().catch(() => {});
    response.writeHead(200, { ...SECURITY_HEADERS, 'content-type': metrics.registry.contentType });
    response.end(await metrics.registry.metrics());
  });
}
