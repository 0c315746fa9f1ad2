import { connect, type Socket } from 'node:net';

/** Sends raw bytes, and returns what the server answers until it closes or is silent for `silentMs`. */
export async function answersTo(
  url: string,
  bytes: string | Buffer,
  { silentMs = 700 } = {},
): Promise<{ statuses: number[]; text: string; closed: boolean }> {
  const socket = openSocket(url);
  let text = '';
  const closed = await new Promise<boolean>((resolve) => {
    let timer = setTimeout(() => resolve(false), silentMs);
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      clearTimeout(timer);
      timer = setTimeout(() => resolve(false), silentMs);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.write(bytes);
  });
  socket.destroy();
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
  return { statuses, text, closed };
}

export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  return socket;
}
