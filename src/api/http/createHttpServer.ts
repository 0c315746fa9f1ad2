import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, problemHead, sendProblem } from './problem.ts';

export interface HttpLimits {
  /** connections at once; more are closed as they come */
  connections: number;
  /** time that the line and the headers of a request may take, from when its connection is open or free again */
  headersMs: number;
  /** time that a whole request may take to come */
  requestMs: number;
  /** time without a byte in either direction, such as from a client that no longer reads its answer */
  idleMs: number;
  /** time for which a connection is kept for the next request */
  keepMs: number;
  /** how often slow ones are looked for */
  checkMs: number;
}

const LIMITS: HttpLimits = {
  connections: 12_000,
  headersMs: 10_000,
  requestMs: 300_000,
  idleMs: 60_000,
  // Longer than load balancers keep theirs, mostly a minute: a request that is on its way to a connection just closed is lost.
  keepMs: 65_000,
  checkMs: 1_000,
};

/** A server that lets no client take long, and that reads a header sent twice as wrong, not as the first of the two. */
export function createHttpServer(listener: RequestListener, limits: Partial<HttpLimits> = {}): Server {
  const { connections, headersMs, requestMs, idleMs, keepMs, checkMs } = { ...LIMITS, ...limits };
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      keepAliveTimeout: keepMs,
      joinDuplicateHeaders: true,
      requireHostHeader: false,
    },
    (request, response) => {
      const problem = problemOfHeaders(request);
      if (!problem) return listener(request, response);
      sendProblem(response, problem);
      request.resume();
    },
  );
  server.maxConnections = connections;
  server.timeout = idleMs;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Where an answer has begun, another one would be taken for a part of it.
    if (error.code === 'ECONNRESET' || !socket.writable || answers(socket)) return socket.destroy();
    return socket.end(rawAnswer(problemOfParser(error.code)));
  });
  return server;
}

/** Node keeps the answer that is under way on the socket. */
const answers = (socket: Socket) =>
  (socket as Socket & { _httpMessage?: { headersSent?: boolean } })._httpMessage?.headersSent === true;

const MAX_HEADERS = 100;

/** What Node takes, or refuses without a word. */
function problemOfHeaders({ headers, rawHeaders, httpVersion }: IncomingMessage): Problem | undefined {
  const close = { headers: { connection: 'close' } };
  if (rawHeaders.length > 2 * MAX_HEADERS)
    return new Problem(431, `There are more than ${MAX_HEADERS} headers.`, close);
  if (headers.host === undefined ? httpVersion !== '1.0' : headers.host.includes(','))
    return new Problem(400, 'A request has one Host header.', close);
  return undefined;
}

function problemOfParser(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(408, 'The request took too long to come.');
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem(431, 'The headers are over 16 KiB.');
  return new Problem(400, 'This is not a request as HTTP/1.1 has it.');
}

function rawAnswer(problem: Problem): string {
  const { headers, text } = problemHead(problem, { connection: 'close' });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.details().title}\r\n${lines.join('')}\r\n${text}`;
}
