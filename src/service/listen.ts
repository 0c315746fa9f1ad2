import type { Server } from 'node:http';
import type { OnStop } from './onStop.ts';

/** Max time for open requests to finish after a stop. */
const DRAIN_MS = 4_000;

/**
 * Makes a server listen until the service stops, and returns its URL.
 *
 * @param setting name of the setting that holds the port, for the error
 * @throws Error if the port is taken
 */
export async function listen(
  server: Server,
  { host, port, setting }: { host: string; port: number; setting: string },
  onStop: OnStop,
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken. Set ${setting} to another port (0 picks a free one).`)
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
  onStop(() => close(server));
  return urlOf(server);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return '';
  return `http://${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`;
}
