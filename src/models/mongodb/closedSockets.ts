import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

/**
 * Emits `drain` on every socket that closes, among those opened until the returned function is called. The MongoDB driver
 * (7.5 to 7.9 at least) may write to a connection that is just closing and then wait for `drain` forever; no deadline ends
 * that operation. After `drain` the driver sees that the connection is closed, and fails or retries.
 *
 * TLS sockets are not announced on this channel. For them, `inTransaction` limits the time of transactions.
 */
export function drainClosedSockets(): () => void {
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.once('close', () => socket.emit('drain'));
  };
  subscribe(CHANNEL, onSocket);
  return () => void unsubscribe(CHANNEL, onSocket);
}
