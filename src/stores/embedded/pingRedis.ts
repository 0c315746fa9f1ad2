import { connect } from 'node:net';

/** Sends PING to a Redis on this machine: `loading` while it reads its data, `away` if nothing answers. */
export function pingRedis(port: number, timeoutMs = 1_000): Promise<'ready' | 'loading' | 'away'> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'));
    const finish = (state: 'ready' | 'loading' | 'away') => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(timeoutMs, () => finish('away'));
    socket.on('error', () => finish('away'));
    socket.on('close', () => resolve('away'));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\r\n')) return;
      finish(text.startsWith('+PONG') ? 'ready' : text.startsWith('-LOADING') ? 'loading' : 'away');
    });
  });
}
