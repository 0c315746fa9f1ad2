import { withMongodAdmin } from './mongodAdmin.ts';

/** Whether a mongod on this machine takes writes. */
export async function pingMongod(port: number): Promise<boolean> {
  try {
    return (await withMongodAdmin(port, (command) => command({ hello: 1 }))).isWritablePrimary === true;
  } catch {
    return false;
  }
}
