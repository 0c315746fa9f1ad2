import type mongoose from 'mongoose';
import type { Snapshot } from './inSnapshot.ts';

/** Fields of documents to read, such as `{ 'analysis.kind': 1 }`. */
export type Fields = Readonly<Record<string, 1>>;

const BATCH_SIZE = 2_000;
/** Documents that are decoded at once. Few enough to be garbage before the next collection of the young generation. */
const DECODED = 64;

/** Calls `visit` with each document that matches. A promise for each, as of `for await`, would take as long as its reading. */
export async function forEachDocument<Document>(
  { collection }: { collection: Pick<mongoose.Collection, 'find'> },
  filter: Record<string, unknown>,
  fields: Fields,
  snapshot: Snapshot,
  visit: (document: Document) => void,
): Promise<void> {
  const cursor = collection.find(filter, { ...snapshot, projection: fields, batchSize: BATCH_SIZE });
  try {
    while (await cursor.hasNext())
      for (const document of cursor.readBufferedDocuments(DECODED)) visit(document as unknown as Document);
  } finally {
    await cursor.close();
  }
}
