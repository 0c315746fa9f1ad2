import { type AggregateDelta, addContribution } from '../../aggregates/contribution.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, storedAnalysis } from '../feedback/feedbackDocument.ts';
import { findAll, updateAll } from '../mongodb/bulkWrites.ts';
import { yieldEvery } from '../mongodb/yieldEvery.ts';
import { noteForSearch } from '../search/noteForSearch.ts';
import type { ActiveTaxonomies } from '../taxonomy/activeTaxonomies.ts';

/** The feedback visited last, in the order of time. */
export interface ReanalysisPosition {
  /** in ms */
  createdAt: number;
  id: string;
}

type Candidate = Pick<FeedbackDocument, '_id' | 'orgId' | 'createdAt' | 'textRemovedAt'> & {
  analysis: Pick<Analysis, 'version'>;
};

/** The earliest time that a `Date` can represent. */
const MIN_TIME_MS = -8.64e15;
/** Texts analysed in one turn of the event loop. */
const TEXTS_PER_TURN = 50;

/**
 * Finds the next outdated feedback of an org, or of everyone (null), in the order of time. Feedback is outdated if
 * another version than the active one analysed it. Reads `limit` feedback at most and returns `maxOutdated` ids at
 * most.
 *
 * @returns the ids, and how far it looked: `walked` feedback, up to `last`
 */
export async function findOutdated(
  models: Models,
  taxonomies: ActiveTaxonomies,
  walk: { orgId: string | null; after: ReanalysisPosition | null; limit: number; maxOutdated: number },
): Promise<{ walked: number; last: ReanalysisPosition | null; isAtEnd: boolean; outdated: string[] }> {
  const { orgId, after, limit, maxOutdated } = walk;
  const index = { ...(orgId !== null && { orgId: 1 as const }), createdAt: 1, _id: 1 } as const;
  const from = { createdAt: new Date(after?.createdAt ?? MIN_TIME_MS), _id: after ? `${after.id}\0` : '' };
  // Bounds of the index skip to the position. A filter would scan all feedback of one time, and imports have thousands.
  const found = (await models.feedback.collection
    .find(orgId === null ? {} : { orgId }, {
      projection: { orgId: 1, createdAt: 1, textRemovedAt: 1, 'analysis.version': 1 },
      hint: index,
      min: { ...(orgId !== null && { orgId }), ...from },
      ...(orgId !== null && { max: { orgId: `${orgId}\0`, createdAt: new Date(MIN_TIME_MS), _id: '' } }),
      sort: index,
      limit,
    })
    .toArray()) as unknown as Candidate[];
  const taxonomyOf = await taxonomies.of(found.map(({ orgId: org = null }) => org));
  const outdated: string[] = [];
  let walked = 0;
  for (const { _id, orgId: org = null, analysis, textRemovedAt } of found) {
    if (outdated.length >= maxOutdated) break;
    walked++;
    // Feedback whose text was removed cannot be analysed again.
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
 * Analyses outdated feedback again by the active taxonomies, and adds the differences to the aggregates, in one
 * transaction. Totals are exact before and after it. Calling it again with the same ids does nothing.
 *
 * @returns how many feedback were analysed again, and how many of them now count differently
 */
export function reanalyse(
  models: Models,
  taxonomies: ActiveTaxonomies,
  parts: PartsWriter,
  ids: readonly string[],
): Promise<{ reanalysed: number; changed: number }> {
  return inPartsTransaction(models, parts, async (transaction) => {
    const documents = await findAll(models.feedback, { _id: { $in: ids } }, transaction);
    const orgIds = documents.map(({ orgId = null }) => orgId);
    const taxonomyOf = await taxonomies.of(orgIds);
    const analyzerOf = await taxonomies.analyzersOf(orgIds);
    const outdated = documents.filter(
      ({ orgId = null, analysis, textRemovedAt }) =>
        !textRemovedAt && analysis.version !== taxonomyOf(orgId).analysisVersion,
    );
    const deltas = new Map<string, AggregateDelta>();
    const updates = [];
    const changedFeedback: FeedbackDocument[] = [];
    const maybeYield = yieldEvery(TEXTS_PER_TURN);
    for (const before of outdated) {
      await maybeYield();
      const analysis = storedAnalysis(analyzerOf(before.orgId ?? null)(before.improvements));
      if (!isSame(before.analysis, analysis)) {
        changedFeedback.push(before);
        addContribution(deltas, before, -1);
        addContribution(deltas, { ...before, analysis });
      }
      updates.push({
        q: { _id: before._id, 'analysis.version': before.analysis.version },
        u: { $set: { analysis } },
        upsert: false,
      });
    }
    if (updates.length > 0) await updateAll(models.feedback, updates, transaction);
    await noteForSearch(models, changedFeedback, transaction);
    const differences = [...deltas.values()].filter(({ delta }) => delta.size > 0);
    const staged = await parts.stage(differences, transaction);
    return { result: { reanalysed: outdated.length, changed: changedFeedback.length }, staged };
  });
}

function isSame({ version: _, ...before }: Analysis, { version: __, ...after }: Analysis): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
