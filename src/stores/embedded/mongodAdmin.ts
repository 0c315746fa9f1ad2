import { connect } from 'node:net';
import mongoose from 'mongoose';

/** Runs a command on a mongod's `admin` database. */
export type AdminCommand = (command: Record<string, unknown>) => Promise<mongoose.mongo.BSON.Document>;

const TIMEOUT_MS = 2_000;

/**
 * Connects directly to a mongod on this machine for as long as `work` takes, in whatever state the replica set is.
 * Each call opens its own client, because a client that failed to connect stays closed.
 *
 * @throws Error within 2 s if nothing listens on the port
 */
export async function withMongodAdmin<T>(port: number, work: (command: AdminCommand) => Promise<T>): Promise<T> {
  await checkListening(port);
  const client = new mongoose.mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: TIMEOUT_MS,
    connectTimeoutMS: TIMEOUT_MS,
    waitQueueTimeoutMS: TIMEOUT_MS,
    maxPoolSize: 1,
  });
  try {
    return await work((command) => client.db('admin').command(command));
  } finally {
    await client.close();
  }
}

/** Whether a mongod on this machine takes writes. */
export async function pingMongod(port: number): Promise<boolean> {
  const hello = await withMongodAdmin(port, (command) => command({ hello: 1 })).catch(() => undefined);
  return hello?.isWritablePrimary === true;
}

/** Fails at once if nothing listens. The driver would retry until its time-out. */
function checkListening(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('it does not accept connections')));
    socket.on('error', reject);
  });
}
