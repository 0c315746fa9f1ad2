import { pathWord } from '../../aggregates/aggregateKey.ts';
import { feedbackIn } from '../aggregates/refreshSpans.ts';
import type { Models } from '../database.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { recordRemoved } from './eraseFeedback.ts';

/**
 * Removes the phrases of an org's days of which nothing else is left: those of feedback that went before, by retention, on
 * days that were not counted anew since. Done twice it finds nothing the second time.
 */
export function eraseOrgSketches(models: Models, erasureId: string, orgId: string): Promise<void> {
  const org = `org ${pathWord(orgId)}`;
  return inTransaction(models, async (session) => {
    const found = await models.phraseSketches
      .find({ _id: { $gte: `${org} `, $lt: `${org}!` } }, { _id: 1 }, { session })
      .lean();
    const forsaken: string[] = [];
    for (const { _id } of found) {
      const day = _id.slice(org.length + 1);
      const left = feedbackIn({ kind: 'org-day', path: `org-day ${orgId} ${day}`, orgId, id: orgId, day });
      if (!(await models.feedback.exists(left).session(session))) forsaken.push(_id);
    }
    await models.phraseSketches.deleteMany({ _id: { $in: forsaken } }, { session });
    await recordRemoved(models, erasureId, { sketches: forsaken.length }, session);
  });
}
