import { type AggregateDelta, sumContributions } from '../../../src/aggregates/contribution.ts';
import { mergeDeltas, partsOf } from '../../../src/models/aggregates/partDocuments.ts';
import type { FeedbackDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { inBatches } from '../../support/feedbackBodies.ts';
import type { Sandbox } from './bench.ts';
import { finishedDocuments } from './documents.ts';
import { insert } from './insert.ts';

const CHUNK = 50_000;
/** Documents of one insert command. */
export const COMMAND = 500;
const AT_ONCE = 4;

export type Writes = Generator<[collection: string, documents: object[]]>;

/**
 * Stores feedback of one org in a sandbox, with its aggregates: one part for the org's and everyone's (as after merging),
 * and one part per 50,000 feedback for each user and session.
 */
export async function stock(sandbox: Sandbox, count: number, org: string): Promise<void> {
  await writeAll(sandbox, writesOf(count, org));
}

/** Inserts documents, and generates the next ones while MongoDB writes. */
export async function writeAll(sandbox: Sandbox, writes: Writes): Promise<void> {
  const write = async () => {
    for (const [collection, documents] of writes) await insert(sandbox.models, collection, documents);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, write));
}

function* writesOf(count: number, org: string): Writes {
  let shared: AggregateDelta[] = [];
  let chunk: FeedbackDocument[] = [];

  function* addUp(): Writes {
    const gains = [...sumContributions(chunk).values()];
    const ofOne = partsOf(gains.filter(isOfOne), chunk[0]!._id);
    for (const some of inBatches(ofOne, COMMAND)) yield ['aggregates', some];
    shared = mergeDeltas(
      shared,
      gains.filter((gain) => !isOfOne(gain)),
    );
    chunk = [];
  }

  for (const documents of inBatches(finishedDocuments({ orgs: 1, count }, org), COMMAND)) {
    for (const document of documents) document.orgId = org;
    yield ['feedback', documents];
    chunk.push(...documents);
    if (chunk.length >= CHUNK) yield* addUp();
  }
  if (chunk.length > 0) yield* addUp();
  yield ['aggregates', partsOf(shared, org)];
}

const isOfOne = ({ key }: AggregateDelta) => key.kind === 'user' || key.kind === 'session';
