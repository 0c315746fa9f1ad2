import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A build that is broken on purpose, to show that the program notices. */
export interface Sabotage {
  title: string;
  /** the compiled file to change */
  file: string;
  line: string;
  by: string;
  /** faults that make the sabotage show */
  faults: string[];
}

export const SABOTAGES: Record<string, Sabotage> = {
  'accept-before-queued': {
    title: 'answers 202 before Redis has the feedback',
    file: 'src/ingest/groupCommit.js',
    line: 'await send(batches);',
    by: 'void send(batches).catch(() => {});',
    faults: ['redis-kill', 'redis-full'],
  },
  'aggregates-outside-transaction': {
    title: 'adds to the aggregates outside the transaction',
    file: 'src/models/aggregates/partsWriter.js',
    line: 'await insertAll(aggregates, documents, transaction);',
    by: 'await insertAll(aggregates, documents, undefined);',
    faults: ['worker-kill', 'mongod-stepdown'],
  },
  'no-dedupe': {
    title: 'counts what is stored already',
    file: 'src/models/feedback/storeBatch.js',
    line: 'const deltas = sumContributions(missing);',
    by: 'const deltas = sumContributions(documents);',
    faults: ['worker-kill'],
  },
  'dead-letter-swallowed': {
    title: 'forgets records that cannot be stored',
    file: 'src/worker/ingest/processBatch.js',
    line: 'await options.toDeadLetter(',
    by: 'void (',
    faults: ['worker-stop'],
  },
  'acknowledge-on-error': {
    title: 'takes a job for done when MongoDB is away',
    file: 'src/worker/ingest/processBatch.js',
    line: 'await options.backOff(attempt, error);',
    by: 'return;',
    faults: ['mongod-kill', 'mongod-stepdown'],
  },
  'import-unmarked': {
    title: 'stores rows of imports as if apps had sent them',
    file: 'src/worker/imports/storeRows.js',
    line: 'Object.assign(document, { importId })',
    by: 'document',
    faults: ['import'],
  },
};

/** Copies the compiled service and breaks the copy. Returns its folder. */
export async function sabotagedBuild(name: string): Promise<string> {
  const { file, line, by } = SABOTAGES[name]!;
  const dist = fileURLToPath(new URL('../../', import.meta.url));
  // The copy lies inside the project, so that it finds its dependencies.
  const folder = resolve(dist, '../.cache/chaos', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const part of ['src', 'tools']) await cp(join(dist, part), join(folder, part), { recursive: true });
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(line)) throw new Error(`${file} has no line "${line}" to break`);
  await writeFile(path, text.replace(line, by));
  return folder;
}
