import autocannon from 'autocannon';
import { KEY } from './bench.ts';

export interface Posting {
  apiUrl: string;
  path: string;
  /** bodies, sent in turn and then again from the first */
  bodies: string[];
  seconds: number;
  connections?: number;
  /** requests a second over all connections; left out: as fast as possible */
  rate?: number;
}

/**
 * Posts over connections that stay open. Returns requests answered a second.
 * @throws Error on any answer other than 202
 */
export async function post({ apiUrl, path, bodies, seconds, connections = 64, rate }: Posting): Promise<number> {
  const result = await autocannon({
    url: `${apiUrl}${path}`,
    connections,
    duration: seconds,
    ...(rate !== undefined && { overallRate: rate }),
    requests: bodies.map((body) => ({
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body,
    })),
  });
  const accepted = result.statusCodeStats?.['202']?.count ?? 0;
  if (result.errors > 0 || accepted !== result['2xx'] || result.non2xx > 0)
    throw new Error(`${result.errors} errors, ${result.non2xx} refusals among ${accepted} accepted`);
  return accepted / result.duration;
}
