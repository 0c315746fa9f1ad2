import { Redis, type RedisOptions } from 'ioredis';

export type Connection = Redis;

/** Redis did not take a command, or did not answer in time; the caller may try again later. */
export class QueueUnavailable extends Error {
  override name = 'QueueUnavailable';
}

const RECONNECT_MAX_MS = 1_000;
/** How long a producer waits for Redis before it tells its client to come back later. */
const COMMAND_TIMEOUT_MS = 5_000;

/** A connection that waits for Redis as long as it takes: for workers, whose jobs keep. */
export function connectPatiently(url: string, onError: (error: Error) => void): Connection {
  return connect(url, onError, { maxRetriesPerRequest: null });
}

/** A connection that fails at once while Redis is away: for producers, whose clients wait for an answer. */
export function connectPromptly(url: string, onError: (error: Error) => void): Connection {
  return connect(url, onError, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // A Redis that hangs is let go like one that is gone, so that only those who came first wait for it.
    socketTimeout: COMMAND_TIMEOUT_MS,
  });
}

type Behaviour = Pick<
  RedisOptions,
  | 'maxRetriesPerRequest'
  | 'enableOfflineQueue'
  | 'autoResendUnfulfilledCommands'
  | 'commandTimeout'
  | 'socketTimeout'
>;

function connect(url: string, onError: (error: Error) => void, options: Behaviour): Connection {
  const connection = new Redis(url, {
    ...options,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_MAX_MS),
  });
  // Without a listener a lost connection would end the process; reconnecting is the driver's work.
  connection.on('error', onError);
  return connection;
}
