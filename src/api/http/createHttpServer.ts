import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, problemMessage, sendProblem } from './problem.ts';

export interface HttpLimits {
  /** Max connections at once; further ones are closed */
  connections: number;
  /** Max ms until the headers of a request have arrived, since its connection was opened or last used */
  headersMs: number;
  /** Max ms until a whole request has arrived */
  requestMs: number;
  /** Max ms without a byte in either direction, such as from a client that does not read its response */
  idleMs: number;
  /** Max ms that a connection is kept open for the next request */
  keepMs: number;
  /** ms between checks for requests that are too slow */
  checkMs: number;
}

const LIMITS: HttpLimits = {
  connections: 12_000,
  headersMs: 10_000,
  requestMs: 300_000,
  idleMs: 60_000,
  // Longer than the minute of most load balancers: they would lose a request sent to a connection that just closed.
  keepMs: 65_000,
  checkMs: 1_000,
};

/** A server with time limits for slow clients. It joins repeated headers, so that a repeated one is invalid, not ignored. */
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
    // The client would read a second response as part of the one that has begun.
    if (error.code === 'ECONNRESET' || !socket.writable || isResponding(socket)) return socket.destroy();
    return socket.end(rawResponse(problemOfParser(error.code)));
  });
  return server;
}

/** Node keeps the current response on the socket. */
const isResponding = (socket: Socket) =>
  (socket as Socket & { _httpMessage?: { headersSent?: boolean } })._httpMessage?.headersSent === true;

/** Max headers of one request. */
const MAX_HEADERS = 100;

/** Faults that Node accepts, or refuses without a reason. */
function problemOfHeaders({ headers, rawHeaders, httpVersion }: IncomingMessage): Problem | undefined {
  const close = { headers: { connection: 'close' } };
  if (rawHeaders.length > 2 * MAX_HEADERS)
    return new Problem(431, `The request has more than ${MAX_HEADERS} headers.`, close);
  if (headers.host === undefined ? httpVersion !== '1.0' : headers.host.includes(','))
    return new Problem(400, 'A request must have one Host header.', close);
  return undefined;
}

function problemOfParser(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(408, 'The request took too long to arrive.');
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem(431, 'The headers are over 16 KiB.');
  return new Problem(400, 'This is not a valid HTTP/1.1 request.');
}

function rawResponse(problem: Problem): string {
  const { headers, text } = problemMessage(problem, { connection: 'close' });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${problem.details().title}\r\n${lines.join('')}\r\n${text}`;
}
