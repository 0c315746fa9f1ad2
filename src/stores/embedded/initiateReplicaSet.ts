import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../storesOptions.ts';
import { type AdminCommand, withMongodAdmin } from './mongodAdmin.ts';
import { waitUntil } from './waitUntil.ts';

export const REPLICA_SET = 'rs0';

/** After a crash MongoDB replays its journal first, which is slow on a busy machine. */
const READY = { timeoutMs: 3 * 60_000, reportAfterMs: 5_000, pollIntervalMs: 50 };
/** Max time that one connection waits for the election before the configuration is read again. */
const ELECTION_TIMEOUT_MS = 5_000;
/** Error code of MongoDB (NotYetInitialized). */
const NOT_YET_INITIALIZED = 94;

/**
 * Makes a mongod the primary of a replica set of one, and resolves once it takes writes. The first start initiates the
 * set. A start on another port than before changes the set's configuration.
 */
export async function initiateReplicaSet(port: number, signal: AbortSignal, report: Report): Promise<void> {
  await waitUntil(
    () =>
      withMongodAdmin(port, (command) => configure(command, port, signal)).then(
        () => undefined,
        (error: Error) => `MongoDB is not ready: ${error.message}`,
      ),
    { ...READY, report, signal },
  );
}

async function configure(command: AdminCommand, port: number, signal: AbortSignal): Promise<void> {
  const host = `127.0.0.1:${port}`;
  const config = await readConfig(command);
  if (config === undefined) {
    await command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
  } else if (config.members[0]?.host !== host) {
    // Force is needed: the only member is not at its configured address, so nobody can vote.
    const members = [{ ...config.members[0], host }];
    await command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
  }
  const start = Date.now();
  while (!(await command({ hello: 1 })).isWritablePrimary) {
    signal.throwIfAborted();
    if (Date.now() - start > ELECTION_TIMEOUT_MS) throw new Error('it is not primary yet');
    await sleep(READY.pollIntervalMs);
  }
}

interface ReplicaSetConfig {
  version: number;
  members: { host: string }[];
}

async function readConfig(command: AdminCommand): Promise<ReplicaSetConfig | undefined> {
  try {
    return (await command({ replSetGetConfig: 1 })).config;
  } catch (error) {
    if ((error as { code?: number }).code === NOT_YET_INITIALIZED) return undefined;
    throw error;
  }
}
