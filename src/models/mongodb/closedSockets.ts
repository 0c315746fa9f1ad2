import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const CHANNEL = 'net.client.socket';

/**
 * Lets nobody wait for a socket that is closed, of those that are opened until it is told to stop. The driver, up to 7.9 at
 * least, writes to a connection that is just being closed, and then waits for it to drain, which never comes: the operation
 * hangs for good, and no deadline ends it. Told that the socket has drained, the driver sees that the connection is closed,
 * and fails or tries again.
 *
 * Sockets with TLS are not announced, so this cannot help them; of operations there, `inTransaction` ends those that matter.
 */
export function drainClosedSockets(): () => void {
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.once('close', () => socket.emit('drain'));
  };
  subscribe(CHANNEL, onSocket);
  return () => void unsubscribe(CHANNEL, onSocket);
}
