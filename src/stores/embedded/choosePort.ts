import { createServer } from 'node:net';

/**
 * Ports are chosen below those that systems hand out to outgoing connections: a client that keeps trying to reach a
 * server which is being restarted could otherwise be given the very port it asks for, and keep the server off it.
 */
const FIRST_PORT = 20_000;
const PORTS = 10_000;
const MAX_ATTEMPTS = 100;

/** The preferred port of this machine if nothing listens on it, else a random one that is free. */
export async function choosePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found between ${FIRST_PORT} and ${FIRST_PORT + PORTS}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
