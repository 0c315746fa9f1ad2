import { setTimeout as sleep } from 'node:timers/promises';
import { readCount } from '../../src/models/aggregates/readTotals.ts';
import { verifyAggregates } from '../../src/models/aggregates/verifyAggregates.ts';
import { pendingErasureIds } from '../../src/models/erasure/erasures.ts';
import { type FeedbackDocument, publicId } from '../../src/models/feedback/feedbackDocument.ts';
import { listImports, pendingImportIds } from '../../src/models/imports/imports.ts';
import { readMetrics } from '../support/metricsOf.ts';
import type { Ledger, Sent } from './ledger.ts';
import { rankingDifferences } from './rankingDifferences.ts';
import type { System } from './system.ts';

/** The stores' final content, compared with the clients' ledger. */
export interface Verdict {
  accepted: number;
  stored: number;
  /** accepted but not stored */
  lost: string[];
  /** stored but never sent */
  invented: string[];
  /** stored although its user was erased */
  returned: string[];
  /** stored although its import was undone */
  notTakenBack: string[];
  /** imports that failed, or whose counts do not add up */
  importDifferences: string[];
  /** stored with other content than sent */
  altered: string[];
  /** counted in the totals of everyone beyond the number stored */
  countedTwice: number;
  /** paths of aggregates that differ from their recomputation */
  aggregateDifferences: string[];
  /** subjects whose ranked figures differ from their aggregates */
  rankingDifferences: string[];
  /** unstorable records missing from the dead letters, and dead letters that shouldn't be there */
  deadLetterDifferences: string[];
  /** gauges of the service that aren't 0 after the queues are empty */
  gaugeDifferences: string[];
  /** processes that ended by themselves, or failed to end when told to */
  crashes: string[];
  /** jobs that weren't finished in time */
  stuckJobs: number;
}

const PATIENCE_MS = 120_000;
/** On a machine under load, a store may take more than the second that one scrape gives it. */
const GAUGE_PATIENCE_MS = 10_000;

export async function compare(system: System, ledger: Ledger): Promise<Verdict> {
  const stuckJobs = await quiet(system);
  const seen = new Set<string>();
  const [invented, altered, returned, notTakenBack]: string[][] = [[], [], [], []];
  const isErased = ({ userId }: Pick<Sent, 'userId'>) => ledger.erasedUsers.has(userId ?? '');
  for await (const document of system.models.feedback.find().lean<FeedbackDocument[]>().cursor()) {
    const id = publicId(document._id);
    seen.add(id);
    const imported = system.imported.get(id);
    const sent = ledger.sent.get(id) ?? imported?.sent;
    if (imported?.isUndone) notTakenBack!.push(id);
    else if (!sent) invented!.push(id);
    else if (isErased(sent)) returned!.push(id);
    else if (!isAsSent(document, sent)) altered!.push(id);
  }
  const audit = await verifyAggregates(system.models);
  const counted = await readCount(system.models, null);
  return {
    accepted: ledger.accepted.size,
    stored: seen.size,
    lost: [
      ...[...ledger.accepted].filter((id) => !seen.has(id) && !isErased(ledger.sent.get(id)!)),
      ...[...system.imported].flatMap(([id, { sent, isUndone }]) =>
        isUndone || seen.has(id) || isErased(sent) ? [] : [id],
      ),
    ],
    invented: invented!,
    returned: returned!,
    notTakenBack: notTakenBack!,
    importDifferences: await importDifferences(system),
    altered: altered!,
    countedTwice: Math.max(0, counted - seen.size),
    aggregateDifferences: audit.differences,
    rankingDifferences: await rankingDifferences(system.models),
    deadLetterDifferences: await deadLetterDifferences(system, ledger),
    gaugeDifferences: await gaugeDifferences(system, ledger),
    crashes: [...system.apis, ...system.workers].flatMap((role) => role.crashes),
    stuckJobs,
  };
}

export function isSound(reckoning: Verdict): boolean {
  const { accepted: _, stored: __, ...faults } = reckoning;
  return Object.values(faults).every((fault) => (Array.isArray(fault) ? fault.length : fault) === 0);
}

/** Waits until no job is left. Returns how many are left after the time-out. */
async function quiet({ ingest, models }: System): Promise<number> {
  const started = Date.now();
  for (let still = 0; ; ) {
    const recounts = await models.orgZones.countDocuments({ isSettled: false });
    const pending = [...(await pendingErasureIds(models)), ...(await pendingImportIds(models))];
    // An estimate would be wrong after mongod was killed.
    const unranked = await models.rankingChanges.countDocuments();
    const left = (await ingest.countJobs()) + pending.length + recounts + unranked;
    still = left === 0 ? still + 1 : 0;
    if (still > 4) return 0;
    if (Date.now() - started > PATIENCE_MS) return left;
    await sleep(200);
  }
}

const FIELDS = [
  'orgId',
  'userId',
  'sessionId',
  'overallRating',
  'uxRating',
  'growMethodRating',
  'easeOfUse',
  'helpfulness',
  'willingToPay',
  'improvements',
  'experiment',
  'variant',
] as const;

function isAsSent(document: FeedbackDocument, sent: Sent): boolean {
  return (
    FIELDS.every((field) => document[field] === sent[field]) &&
    JSON.stringify(document.tags) === JSON.stringify(sent.tags)
  );
}

async function importDifferences({ models }: System): Promise<string[]> {
  const imports = await listImports(models, { orgId: undefined, limit: 10_000 });
  return imports.flatMap(({ _id, state, counts, removed, failure }) => {
    const { rows, stored, duplicates, refused, erased } = counts;
    const isSound = state !== 'failed' && refused + duplicates === 0 && stored + erased === rows && removed <= stored;
    return isSound ? [] : [`${_id}: ${state} ${JSON.stringify({ ...counts, removed, failure })}`];
  });
}

async function deadLetterDifferences({ deadLetters }: System, { poison }: Ledger): Promise<string[]> {
  const letters = await deadLetters.list({ skip: 0, limit: 100_000 });
  const ids = letters.map(({ record }) => String((record as { id?: unknown }).id));
  return [
    ...[...poison].filter((id) => !ids.includes(id)),
    ...ids.filter((id, index) => !poison.has(id) || ids.indexOf(id) !== index),
  ];
}

/** The gauges that stay wrong: a process without CPU time may be late once. */
async function gaugeDifferences(system: System, ledger: Ledger): Promise<string[]> {
  for (const started = Date.now(); ; await sleep(500)) {
    const wrong = await wrongGauges(system, ledger);
    if (wrong.length === 0 || Date.now() - started > GAUGE_PATIENCE_MS) return wrong;
  }
}

async function wrongGauges(system: System, { poison }: Ledger): Promise<string[]> {
  const right: Record<string, number> = {
    'feedback_queue_jobs{queue="ingest",state="waiting"}': 0,
    'feedback_queue_jobs{queue="ingest",state="active"}': 0,
    'feedback_queue_jobs{queue="ingest",state="delayed"}': 0,
    'feedback_queue_jobs{queue="dead-letter",state="waiting"}': poison.size,
    'feedback_dependency_up{dependency="redis"}': 1,
    'feedback_dependency_up{dependency="mongodb"}': 1,
  };
  const wrong: string[] = [];
  for (const { name, metricsUrl } of [...system.apis, ...system.workers]) {
    const value = await readMetrics(metricsUrl).catch(() => undefined);
    if (!value) wrong.push(`${name}: no metrics`);
    else
      for (const [series, wanted] of Object.entries(right))
        if (value(series) !== wanted) wrong.push(`${name}: ${series} is ${value(series)}, not ${wanted}`);
  }
  return wrong;
}
