import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/**
 * Lets nobody wait for a socket that is closed. The driver, up to 7.9 at least, writes to a connection that is just being
 * closed, and then waits for it to drain, which never comes: the operation hangs for good, with no deadline that would end it.
 * Told that the socket has drained, the driver sees that the connection is closed, and fails or tries again.
 *
 * Sockets with TLS are not announced, so this cannot help them; of operations there, `inTransaction` ends those that matter.
 */
export function watchClosedSockets(): void {
  if (isWatching) return;
  isWatching = true;
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Socket };
    socket.once('close', () => socket.emit('drain'));
  });
}

let isWatching = false;
