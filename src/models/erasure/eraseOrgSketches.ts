import { pathWord } from '../../aggregates/aggregateKey.ts';
import type { Models } from '../database.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { onDays } from '../mongodb/timeRange.ts';
import { recordRemoved } from './eraseFeedback.ts';

/**
 * Removes the phrase sketches of an org's days that have no feedback any more. Retention leaves such a sketch behind
 * until the day is recounted. Calling it again removes nothing.
 */
export function eraseOrgSketches(models: Models, erasureId: string, orgId: string): Promise<void> {
  const org = `org ${pathWord(orgId)}`;
  return inTransaction(models, async (transaction) => {
    const found = await models.phraseSketches
      .find({ _id: { $gte: `${org} `, $lt: `${org}!` } }, { _id: 1 }, { session: transaction })
      .lean();
    const orphaned: string[] = [];
    for (const { _id } of found) {
      const day = _id.slice(org.length + 1);
      const ofDay = { orgId, createdAt: onDays({ from: day, to: day })! };
      if (!(await models.feedback.exists(ofDay).session(transaction))) orphaned.push(_id);
    }
    await models.phraseSketches.deleteMany({ _id: { $in: orphaned } }, { session: transaction });
    await recordRemoved(models, erasureId, { sketches: orphaned.length }, transaction);
  });
}
