import { type AggregateDelta, sumContributions } from '../../../src/aggregates/contribution.ts';
import { DAY_MS, dayOf } from '../../../src/aggregates/days.ts';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { acceptFeedback } from '../../../src/ingest/feedbackSchema.ts';
import { mergeDeltas, partsOf } from '../../../src/models/aggregates/partDocuments.ts';
import { type FeedbackDocument, storedId, toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { bodies, inBatches } from '../../support/feedbackBodies.ts';
import { createRandom, createSampler } from '../../support/random.ts';
import type { Sandbox } from './bench.ts';
import { phraseSketchesOf } from './phraseSketches.ts';
import { COMMAND, type Writes, writeAll } from './stock.ts';

const ORGS = 2_000;
const DAYS = 180;
const USERS_PER_FEEDBACK = 0.15;
const SESSIONS_PER_FEEDBACK = 0.4;
/** Sessions that are under way at a time. */
const OPEN_SESSIONS = 50;
/** Answers and texts that feedback repeats, each analysed once. */
const POOL = 500;
/** Feedback of whose aggregates one part is made, at least. */
const CHUNK = 50_000;
/** Feedback with a tag that few have. */
const WITH_RARE_TAG = 20;

/** Ids for questions about the stock. Orgs, users and sessions are numbered from 0, the largest org first. */
export interface ReadingStock {
  count: number;
  users: number;
  sessions: number;
  commonTag: string;
  rareTag: string;
  experiment: string;
  /** the last day with feedback */
  lastDay: string;
}

export const orgName = (n: number) => `org-${n}`;
export const userName = (n: number) => `user-${n}`;
export const sessionName = (n: number) => `session-${n}`;
export const feedbackName = (n: number) => `stored-${n}`;

/**
 * Stores feedback of 180 days, in order of time: of 2,000 orgs whose sizes fall with their rank (Zipf), and for each 1,000
 * feedback 150 users and 400 sessions. An org or day has one part, a user or session one for each 50,000 feedback.
 */
export async function storeForReading(sandbox: Sandbox, count: number): Promise<ReadingStock> {
  const pool = templates();
  const random = createRandom('reading stock');
  const users = Math.max(1, Math.round(count * USERS_PER_FEEDBACK));
  const drawOrg = createSampler(
    Array.from({ length: ORGS }, (_, rank) => rank),
    (rank) => 1 / (rank + 1),
  );
  const orgOfUser = Uint16Array.from({ length: users }, () => drawOrg(random));
  const end = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const step = (DAYS * DAY_MS) / count;
  let sessions = 0;

  function* documents(): Generator<FeedbackDocument> {
    const open: { session: number; user: number }[] = [];
    const rareEvery = Math.max(1, Math.floor(count / WITH_RARE_TAG));
    for (let n = 0; n < count; n++) {
      let current = open[random.int(0, OPEN_SESSIONS - 1)];
      if (!current || random.chance(SESSIONS_PER_FEEDBACK)) {
        current = { session: sessions++, user: random.int(0, users - 1) };
        if (open.length < OPEN_SESSIONS) open.push(current);
        else open[random.int(0, OPEN_SESSIONS - 1)] = current;
      }
      const { session, user } = current;
      const orgId = orgName(orgOfUser[user]!);
      const createdAt = new Date(end - Math.ceil((count - n) * step));
      const document: FeedbackDocument = {
        ...pool[random.int(0, pool.length - 1)]!,
        _id: storedId({ id: feedbackName(n), orgId }),
        orgId,
        userId: userName(user),
        sessionId: sessionName(session),
        createdAt,
        acceptedAt: createdAt,
      };
      if (n % rareEvery === 0) document.tags = [...(document.tags ?? []), 'rare'];
      yield document;
    }
  }

  await writeAll(sandbox, writesOf(documents()));
  const tags = pool.flatMap((document) => document.tags ?? []);
  return {
    count,
    users,
    sessions,
    commonTag: mostFrequent(tags),
    rareTag: 'rare',
    experiment: mostFrequent(pool.flatMap(({ experiment }) => experiment ?? [])),
    lastDay: dayOf(new Date(end - 1)),
  };
}

function templates(): FeedbackDocument[] {
  const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
  const many = [...bodies({ orgs: 1, count: 10 * POOL }, 'pool')];
  return many
    .filter((_, n) => n % 10 === 0)
    .map((body) => toDocument(acceptFeedback(body, { id: body.id, now: Date.now() }), analyze(body.improvements)));
}

function* writesOf(documents: Iterable<FeedbackDocument>): Writes {
  let shared: AggregateDelta[] = [];
  let chunk: FeedbackDocument[] = [];
  let chunks = 0;

  function* addUp(): Writes {
    const writer = `stock.${(++chunks).toString(36)}`;
    const gains = [...sumContributions(chunk).values()];
    for (const parts of inBatches(partsOf(gains.filter(isFinished), writer), COMMAND)) yield ['aggregates', parts];
    for (const sketches of inBatches(phraseSketchesOf(chunk), COMMAND)) yield ['phrase_sketches', sketches];
    shared = mergeDeltas(
      shared,
      gains.filter((gain) => !isFinished(gain)),
    );
    chunk = [];
  }

  for (const some of inBatches(documents, COMMAND)) {
    yield ['feedback', some];
    for (const document of some) {
      // A chunk holds whole days, so that a day has one part.
      const isNewDay = chunk.length > 0 && dayOf(chunk.at(-1)!.createdAt) !== dayOf(document.createdAt);
      if (isNewDay && chunk.length >= CHUNK) yield* addUp();
      chunk.push(document);
    }
  }
  yield* addUp();
  for (const parts of inBatches(partsOf(shared, `stock.${(++chunks).toString(36)}`), COMMAND))
    yield ['aggregates', parts];
}

/** Whether no later chunk adds to the aggregate, or if so, as a part of its own. */
const isFinished = ({ key: { kind } }: AggregateDelta) => kind !== 'all' && kind !== 'org' && kind !== 'variant';

function mostFrequent(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [most = ''] = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
  return most;
}
