import { isDayIn, zoneDayKey } from '../../aggregates/aggregateKey.ts';
import { type AggregateDelta, addToZoneDay } from '../../aggregates/contribution.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { byAggregate, prepareSubtraction, type Subtraction } from '../aggregates/prepareSubtraction.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, LOCAL_DAYS_INDEX } from '../feedback/feedbackDocument.ts';
import { updateAll } from '../mongodb/bulkWrites.ts';
import type { OrgZoneDocument } from './orgZoneSchema.ts';
import { removeRetained } from './removeRetained.ts';
import { saveChange } from './saveChange.ts';

/** Max feedback in one transaction. */
const CHUNK = 500;

/**
 * Takes a chunk of an org's feedback out of the local days of a zone. After the last one, it takes out retained totals, and
 * then the zone is not `leaving` any more.
 */
export function removeLocalDays(models: Models, parts: PartsWriter, state: OrgZoneDocument, zone: string) {
  const orgId = state._id;
  return inPartsTransaction(models, parts, async (transaction) => {
    const found = (await models.feedback.collection
      .find(
        // One element in the range; and `$exists` tells the planner that the partial index has all that match.
        { orgId, localDays: { $exists: true, $elemMatch: { $gte: `${zone} `, $lt: `${zone}!` } } },
        { projection: { improvements: 0 }, hint: LOCAL_DAYS_INDEX, limit: CHUNK, session: transaction },
      )
      .toArray()) as unknown as (FeedbackDocument & { orgId: string; localDays: string[] })[];
    const deltas = new Map<string, AggregateDelta>();
    const subtractions: Subtraction[] = [];
    const updates = found.map((feedback) => {
      const { createdAt, localDays } = feedback;
      const isLeaving = isDayIn(zone);
      for (const text of localDays.filter(isLeaving)) {
        addToZoneDay(deltas, feedback, text, -1);
        subtractions.push({ key: zoneDayKey(orgId, text), from: createdAt, to: createdAt });
      }
      const kept = localDays.filter((text) => !isLeaving(text));
      const change = kept.length > 0 ? { $set: { localDays: kept } } : { $unset: { localDays: '' } };
      return { q: { _id: feedback._id }, u: change, upsert: false };
    });
    if (found.length === 0) {
      const retained = await removeRetained(models, orgId, zone, transaction);
      const isDone = retained === undefined;
      const leaving = isDone ? state.leaving.filter((other) => other !== zone) : state.leaving;
      await saveChange(models, state, { leaving }, transaction);
      const staged = await parts.stage(retained ?? [], transaction);
      return { result: { counted: 0, removed: 0, remaining: 0 }, staged };
    }
    await updateAll(models.feedback, updates, transaction);
    await prepareSubtraction(models, deltas, byAggregate(subtractions), transaction);
    await saveChange(models, state, {}, transaction);
    const staged = await parts.stage([...deltas.values()], transaction);
    return { result: { counted: 0, removed: found.length, remaining: 0 }, staged };
  });
}
