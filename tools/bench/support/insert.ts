import type { Models } from '../../../src/models/database.ts';

/** Inserts documents with the raw command, since the driver's `insertMany` encodes them twice. */
export async function insert(
  { connection }: Pick<Models, 'connection'>,
  collection: string,
  documents: object[],
): Promise<void> {
  const { writeErrors } = await connection.db!.command({ insert: collection, documents, ordered: false });
  if (writeErrors) throw new Error(`${collection}: ${writeErrors[0].errmsg}`);
}
