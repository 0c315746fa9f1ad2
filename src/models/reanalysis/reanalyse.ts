import { type AggregateDelta, addContribution } from '../../aggregates/contribution.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, storedAnalysis } from '../feedback/feedbackDocument.ts';
import { updateAll } from '../mongodb/bulkWrites.ts';
import type { ActiveTaxonomies } from '../taxonomy/activeTaxonomies.ts';

/** Where a walk through feedback has come to. */
export interface Position {
  createdAt: number;
  id: string;
}

type Place = Pick<FeedbackDocument, '_id' | 'orgId' | 'createdAt' | 'textRemovedAt'> & {
  analysis: Pick<Analysis, 'version'>;
};

/** The earliest time there is. */
const EARLIEST = -8.64e15;
/** Texts analysed before others get their turn. */
const SLICE = 50;

/**
 * The next feedback of an org, or of everyone (null), by time: those whose analysis is not of what is in force, so many at
 * most, and how far it looked for them.
 */
export async function findOutdated(
  models: Models,
  inForce: ActiveTaxonomies,
  walk: { orgId: string | null; after: Position | null; limit: number; most: number },
): Promise<{ walked: number; last: Position | null; isAtEnd: boolean; outdated: string[] }> {
  const { orgId, after, limit, most } = walk;
  const index = { ...(orgId !== null && { orgId: 1 as const }), createdAt: 1, _id: 1 } as const;
  const from = { createdAt: new Date(after?.createdAt ?? EARLIEST), _id: after ? `${after.id}\0` : '' };
  // By bounds of the index: a filter would begin anew at each of the many that an import gave the same time.
  const found = (await models.feedback.collection
    .find(orgId === null ? {} : { orgId }, {
      projection: { orgId: 1, createdAt: 1, textRemovedAt: 1, 'analysis.version': 1 },
      hint: index,
      min: { ...(orgId !== null && { orgId }), ...from },
      ...(orgId !== null && { max: { orgId: `${orgId}\0`, createdAt: new Date(EARLIEST), _id: '' } }),
      sort: index,
      limit,
    })
    .toArray()) as unknown as Place[];
  const taxonomyOf = await inForce.of(found.map((one) => one.orgId ?? null));
  const outdated: string[] = [];
  let walked = 0;
  for (const { _id, orgId: org = null, analysis, textRemovedAt } of found) {
    if (outdated.length >= most) break;
    walked++;
    // Without its text nothing more can be read from it than was.
    if (!textRemovedAt && analysis.version !== taxonomyOf(org).analysisVersion) outdated.push(_id);
  }
  const last = found[walked - 1];
  return {
    walked,
    last: last ? { createdAt: last.createdAt.getTime(), id: last._id } : null,
    isAtEnd: walked === found.length && found.length < limit,
    outdated,
  };
}

/**
 * Analyses feedback anew by what is in force, and adds the difference to the aggregates, all in one transaction: the
 * totals are exact before and after it, and nobody sees anything between. What is not outdated any more is left alone,
 * so it can be called again with the same ids.
 *
 * @returns how many were analysed anew, and of how many the counts changed
 */
export function reanalyse(
  models: Models,
  inForce: ActiveTaxonomies,
  parts: PartsWriter,
  ids: readonly string[],
): Promise<{ reanalysed: number; changed: number }> {
  return inPartsTransaction(models, parts, async (transaction) => {
    const documents = await models.feedback
      .find({ _id: { $in: ids } }, null, { session: transaction })
      .lean<FeedbackDocument[]>();
    const orgIds = documents.map(({ orgId = null }) => orgId);
    const [taxonomyOf, analyzerOf] = [await inForce.of(orgIds), await inForce.analyzersOf(orgIds)];
    const outdated = documents.filter(
      ({ orgId = null, analysis, textRemovedAt }) =>
        !textRemovedAt && analysis.version !== taxonomyOf(orgId).analysisVersion,
    );
    const gains = new Map<string, AggregateDelta>();
    const updates = [];
    let changed = 0;
    for (const [at, before] of outdated.entries()) {
      if (at % SLICE === SLICE - 1) await new Promise(setImmediate);
      const analysis = storedAnalysis(analyzerOf(before.orgId ?? null)(before.improvements));
      if (!isSame(before.analysis, analysis)) {
        changed++;
        addContribution(gains, before, -1);
        addContribution(gains, { ...before, analysis });
      }
      updates.push({
        // What somebody else has written since makes this transaction fail and run again, and then it is read anew.
        q: { _id: before._id, 'analysis.version': before.analysis.version },
        u: { $set: { analysis } },
        upsert: false,
      });
    }
    if (updates.length > 0) await updateAll(models.feedback, updates, transaction);
    const differences = [...gains.values()].filter(({ delta }) => delta.size > 0);
    const staged = await parts.stage(differences, transaction);
    return { result: { reanalysed: outdated.length, changed }, staged };
  });
}

function isSame({ version: _, ...before }: Analysis, { version: __, ...after }: Analysis): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
