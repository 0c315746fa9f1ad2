import { once } from 'node:events';
import { createConnection } from 'node:net';

/**
 * Records each command that Redis runs, as a line of text (MONITOR), until `stop`. Uses a plain socket: ioredis fails if
 * the first command is reported together with the reply to MONITOR.
 */
export async function recordRedisCommands(redisUrl: string): Promise<{ lines(): string[]; stop(): void }> {
  const { hostname, port } = new URL(redisUrl);
  const socket = createConnection(Number(port), hostname).setEncoding('utf8');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write('MONITOR\r\n');
  await once(socket, 'data');
  return { lines: () => text.split('\r\n'), stop: () => socket.destroy() };
}
