import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from '../../metrics/metrics.ts';

/** Measures the time until the response is sent. `route`: called then, for the label. */
export function measureDuration(
  metrics: Metrics,
  request: IncomingMessage,
  response: ServerResponse,
  route: () => string,
): void {
  const end = metrics.httpDuration.startTimer();
  response.on('finish', () => end({ route: route(), method: request.method ?? '', status: response.statusCode }));
}
