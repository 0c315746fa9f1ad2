import { createServer } from 'node:net';

/**
 * Lowest port to choose. The range is below the ephemeral ports: a client that keeps connecting to a stopped server could
 * otherwise be given that server's port, and keep the server from starting.
 */
const FIRST_PORT = 20_000;
const PORT_COUNT = 10_000;
const MAX_ATTEMPTS = 100;

/** Returns the preferred port if it is free on loopback, else a random free one. */
export async function choosePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found between ${FIRST_PORT} and ${FIRST_PORT + PORT_COUNT}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
