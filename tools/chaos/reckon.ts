import { setTimeout as sleep } from 'node:timers/promises';
import { mismatches, verifyAggregates } from '../../src/models/aggregates/verifyAggregates.ts';
import { pendingErasureIds } from '../../src/models/erasure/erasures.ts';
import type { FeedbackDocument } from '../../src/models/feedback/feedbackDocument.ts';
import { readMetrics } from '../bench/support/metricsOf.ts';
import type { Ledger, Sent } from './ledger.ts';
import type { System } from './system.ts';

/** What the stores hold in the end, against what the clients know. */
export interface Verdict {
  accepted: number;
  stored: number;
  /** accepted, and not stored */
  lost: string[];
  /** stored, and never sent */
  invented: string[];
  /** stored, and of somebody who was erased */
  returned: string[];
  /** stored otherwise than sent */
  altered: string[];
  /** in the totals of everything, beyond what is stored */
  countedTwice: number;
  /** paths of aggregates that differ from their recomputation */
  aggregateDifferences: string[];
  /** records that no worker can store and that are not in the dead-letter queue, or that are and should not be */
  deadLetterDifferences: string[];
  /** what the service's own gauges say of the queues once they are empty, where it is something else */
  gaugeDifferences: string[];
  /** processes that ended and were not made to, or that were told to end and failed at it */
  crashes: string[];
  /** jobs that nobody finished in time */
  stuckJobs: number;
}

const PATIENCE_MS = 120_000;

export async function compare(system: System, ledger: Ledger): Promise<Verdict> {
  const stuckJobs = await quiet(system);
  const seen = new Set<string>();
  const [invented, altered, returned]: string[][] = [[], [], []];
  const isErased = ({ userId }: Pick<Sent, 'userId'>) => ledger.erasedUsers.has(userId ?? '');
  for await (const document of system.models.feedback.find().lean<FeedbackDocument[]>().cursor()) {
    seen.add(document._id);
    const sent = ledger.sent.get(document._id);
    if (!sent) invented!.push(document._id);
    else if (isErased(sent)) returned!.push(document._id);
    else if (!isAsSent(document, sent)) altered!.push(document._id);
  }
  const audit = await verifyAggregates(system.models);
  const everything = audit.stored.find(({ path }) => path === 'all');
  const counted = everything?.delta.find(([counter]) => counter === 'n')?.[1] ?? 0;
  return {
    accepted: ledger.accepted.size,
    stored: seen.size,
    lost: [...ledger.accepted].filter((id) => !seen.has(id) && !isErased(ledger.sent.get(id)!)),
    invented: invented!,
    returned: returned!,
    altered: altered!,
    countedTwice: Math.max(0, counted - seen.size),
    aggregateDifferences: mismatches(audit),
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

/** Waits until no job is left, and gives back how many are when it waited in vain. */
async function quiet({ ingest, models }: System): Promise<number> {
  const started = Date.now();
  for (let still = 0; ; ) {
    const left = (await ingest.countJobs()) + (await pendingErasureIds(models)).length;
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

async function deadLetterDifferences({ deadLetters }: System, { poison }: Ledger): Promise<string[]> {
  const letters = await deadLetters.list({ skip: 0, limit: 100_000 });
  const ids = letters.map(({ record }) => String((record as { id?: unknown }).id));
  return [
    ...[...poison].filter((id) => !ids.includes(id)),
    ...ids.filter((id, index) => !poison.has(id) || ids.indexOf(id) !== index),
  ];
}

async function gaugeDifferences(system: System, { poison }: Ledger): Promise<string[]> {
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
