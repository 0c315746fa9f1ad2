import { connect, type Socket } from 'node:net';

export interface Answer {
  /** 0: no answer */
  status: number;
  /** seconds; 0 without Retry-After */
  retryAfterMs: number;
}

/** Posts to one path over connections that stay open. */
export interface PlainPosts {
  send(idempotencyKey: string, body: Buffer): Promise<Answer>;
  close(): void;
}

const NONE: Answer = { status: 0, retryAfterMs: 0 };
const END_OF_HEAD = '\r\n\r\n';

/**
 * A minimal HTTP client: one write for each request, and only the needed parts of a response are parsed. Clients share the
 * machine with the service they measure, and `node:http` takes twice the CPU for each request.
 *
 * Reads only responses with a Content-Length. At most `connections` requests are under way; others wait.
 */
export function createPlainPosts(options: {
  url: string;
  headers: Record<string, string>;
  connections: number;
}): PlainPosts {
  const { hostname, port, pathname, host } = new URL(options.url);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(options.headers).map(([name, value]) => `${name}: ${value}`),
  ].join('\r\n');
  const idle: Socket[] = [];
  const open = new Set<Socket>();
  const waiting: ((socket: Socket) => void)[] = [];
  let isClosed = false;

  /** An idle connection, else a new one, else the next that becomes idle. */
  async function take(): Promise<Socket> {
    const socket = idle.pop();
    if (socket) return socket;
    if (open.size < options.connections) return connectOne();
    return new Promise((resolve) => waiting.push(resolve));
  }

  function connectOne(): Socket {
    const socket = connect(Number(port), hostname).setNoDelay();
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      const at = idle.indexOf(socket);
      if (at >= 0) idle.splice(at, 1);
      if (waiting.length > 0 && !isClosed) waiting.shift()!(connectOne());
    });
    return socket;
  }

  function giveBack(socket: Socket): void {
    const next = waiting.shift();
    if (next) next(socket);
    else idle.push(socket);
  }

  return {
    async send(idempotencyKey, body) {
      const socket = await take();
      return new Promise((resolve) => {
        let text = '';
        const settle = (answer: Answer) => {
          socket.off('data', read).off('close', lose);
          resolve(answer);
        };
        const lose = () => settle(NONE);
        const read = (chunk: Buffer) => {
          text += chunk.toString('latin1');
          const answer = answerIn(text);
          if (!answer) return;
          settle(answer);
          giveBack(socket);
        };
        socket.on('data', read).on('close', lose);
        socket.cork();
        socket.write(`${head}\r\nidempotency-key: ${idempotencyKey}\r\ncontent-length: ${body.length}${END_OF_HEAD}`);
        socket.write(body);
        socket.uncork();
      });
    },
    close() {
      isClosed = true;
      for (const socket of open) socket.destroy();
    },
  };
}

/** The complete response in `text`; undefined if more must arrive. */
function answerIn(text: string): Answer | undefined {
  const end = text.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  if (text.length < end + END_OF_HEAD.length + numberIn(head, /^content-length: (\d+)/im)) return undefined;
  return {
    status: numberIn(head, /^HTTP\/1\.1 (\d+)/),
    retryAfterMs: 1_000 * numberIn(head, /^retry-after: (\d+)/im),
  };
}

const numberIn = (head: string, what: RegExp) => Number(what.exec(head)?.[1] ?? 0);
