import type { Server } from 'node:http';

/** Makes a server listen. Throws Error, which names the `setting` to change, where the port is taken. */
export function listen(server: Server, host: string, port: number, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken. Set ${setting} to another one (0 picks a free one).`)
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** Lets requests under way finish for a few seconds. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), 4_000);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return '';
  return `http://${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`;
}
