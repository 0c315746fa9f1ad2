import { Redis, type RedisOptions } from 'ioredis';

export type Connection = Redis;

/** Redis refused a command, or did not answer in time. The caller may try again later. */
export class QueueUnavailable extends Error {
  override name = 'QueueUnavailable';
}

/** Sends commands to Redis if it is connected. Throws QueueUnavailable, also if they fail. */
export async function orUnavailable<T>({ status }: Connection, send: () => Promise<T>): Promise<T> {
  if (status !== 'ready') throw new QueueUnavailable('Redis is not connected');
  try {
    return await send();
  } catch (error) {
    throw new QueueUnavailable('Redis did not answer', { cause: error });
  }
}

/** Max delay between two attempts to reconnect, in ms. */
const RECONNECT_MAX_MS = 1_000;
/** Max time that a producer waits for Redis before it refuses its client, in ms. */
const COMMAND_TIMEOUT_MS = 5_000;

/** A connection that waits for Redis without limit, for workers: their jobs are not lost meanwhile. */
export function connectPatiently(url: string, onError: (error: Error) => void): Connection {
  return connect(url, onError, { maxRetriesPerRequest: null });
}

/** A connection that fails at once while Redis is away, for producers: their clients wait for a response. */
export function connectPromptly(url: string, onError: (error: Error) => void): Connection {
  return connect(url, onError, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // Closes a connection that hangs, so that only the first requests wait for it.
    socketTimeout: COMMAND_TIMEOUT_MS,
  });
}

type Behaviour = Pick<
  RedisOptions,
  'maxRetriesPerRequest' | 'enableOfflineQueue' | 'autoResendUnfulfilledCommands' | 'commandTimeout' | 'socketTimeout'
>;

function connect(url: string, onError: (error: Error) => void, options: Behaviour): Connection {
  const connection = new Redis(url, {
    ...options,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_MAX_MS),
  });
  // Without a listener, a lost connection would end the process. The driver reconnects.
  connection.on('error', onError);
  return connection;
}
