import { setTimeout as sleep } from 'node:timers/promises';
import { publicUrlOf } from '../api/http/publicUrl.ts';
import { readConfig } from '../config.ts';
import { createPseudonyms } from '../ingest/pseudonyms.ts';
import type { Models } from '../models/database.ts';
import { type Connection, connectPatiently } from '../queues/connect.ts';
import { escapeForTerminal } from './escapeForTerminal.ts';
import { withDatabase, withStores } from './withStores.ts';

export type WithModels = <T>(work: (models: Models) => Promise<T>, heartbeatTimeoutMs?: number) => Promise<T>;

/** Queue options that the settings give. */
export interface QueueOptions {
  connection: Connection;
  prefix: string;
}

interface CommandQueue {
  queue: { waitUntilReady(): Promise<unknown> };
  close(): Promise<unknown>;
}

export type CommandContext = typeof commandContext;

const POLL_INTERVAL_MS = 250;
const withModels: WithModels = (work, heartbeatTimeoutMs) =>
  withStores(({ mongodbUri }) => withDatabase(mongodbUri, work, heartbeatTimeoutMs));

/** Everything that commands share. Stores are opened by the commands that need them. */
export const commandContext = {
  /** Opens the database for as long as `work` takes. */
  withModels,

  /** Opens a queue, and the database if `work` asks for it. `create` loads the queue's code. */
  withQueue: <Q extends CommandQueue, T>(
    create: (options: QueueOptions) => Promise<Q>,
    work: (queue: Q, withModels: WithModels) => Promise<T>,
  ): Promise<T> =>
    withStores(async ({ redisUrl, mongodbUri }, { QUEUE_PREFIX: prefix }) => {
      const connection = connectPatiently(redisUrl, () => {});
      const queue = await create({ connection, prefix });
      try {
        await queue.queue.waitUntilReady();
        return await work(queue, (work, heartbeatTimeoutMs) => withDatabase(mongodbUri, work, heartbeatTimeoutMs));
      } finally {
        await queue.close();
        connection.disconnect();
      }
    }),

  /** Prints a line, with terminal control characters escaped. */
  print(line: string): void {
    process.stdout.write(`${escapeForTerminal(line)}\n`);
  },

  /** Writes text as it is, and resolves once stdout took it. */
  write: (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve())),

  /** Polls until there is a result. */
  async waitFor<T>(poll: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const result = await poll();
      if (result !== undefined) return result;
      await sleep(POLL_INTERVAL_MS);
    }
  },

  /** Stored id of a user (pseudonymization). */
  pseudonym: (userId: string) => createPseudonyms(readConfig(process.env).PSEUDONYM_KEY)(userId),

  /** Origin of links to the service. */
  publicUrl() {
    const { PUBLIC_URL, PORT } = readConfig(process.env);
    return publicUrlOf(PUBLIC_URL, `http://127.0.0.1:${PORT}`);
  },
};
