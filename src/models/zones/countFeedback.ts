import { isDayIn } from '../../aggregates/aggregateKey.ts';
import { type AggregateDelta, addToZoneDay } from '../../aggregates/contribution.ts';
import { localDayOf } from '../../aggregates/zoneDays.ts';
import { inPartsTransaction } from '../aggregates/inPartsTransaction.ts';
import type { PartsWriter } from '../aggregates/partsWriter.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { updateAll } from '../mongodb/bulkWrites.ts';
import type { OrgZoneDocument } from './orgZoneSchema.ts';
import { saveChange } from './saveChange.ts';

/** Max feedback in one transaction. */
const CHUNK = 500;
/** The earliest time that a `Date` can represent. */
const MIN_TIME = new Date(-8.64e15);

/**
 * Counts the next chunk of an org's feedback, in the order of time, in the local days of a zone. The transaction sees all
 * feedback that was stored before the fences were moved, and what is stored later has the zone already. So one walk is
 * enough.
 */
export function countFeedback(models: Models, parts: PartsWriter, state: OrgZoneDocument, zone: string) {
  const orgId = state._id;
  return inPartsTransaction(models, parts, async (transaction) => {
    const index = { orgId: 1, createdAt: 1, _id: 1 } as const;
    const after = state.cursor
      ? { createdAt: state.cursor.createdAt, _id: `${state.cursor.id}\0` }
      : { createdAt: MIN_TIME, _id: '' };
    // Bounds of the index skip to the position. A filter would scan all feedback of one time, and imports have thousands.
    const found = (await models.feedback.collection
      .find(
        { orgId },
        {
          projection: { improvements: 0 },
          hint: index,
          min: { orgId, ...after },
          max: { orgId: `${orgId}\0`, createdAt: MIN_TIME, _id: '' },
          sort: index,
          limit: CHUNK,
          session: transaction,
        },
      )
      .toArray()) as unknown as (FeedbackDocument & { orgId: string })[];
    const missing = found.filter(({ localDays = [] }) => !localDays.some(isDayIn(zone)));
    const deltas = new Map<string, AggregateDelta>();
    const updates = missing.map((feedback) => {
      const text = localDayOf(feedback.createdAt, zone);
      addToZoneDay(deltas, feedback, text);
      return { q: { _id: feedback._id }, u: { $push: { localDays: text } }, upsert: false };
    });
    if (updates.length > 0) await updateAll(models.feedback, updates, transaction);
    const last = found.at(-1);
    const walked = state.walked + found.length;
    const change = {
      cursor: last ? { createdAt: last.createdAt, id: last._id } : state.cursor,
      isWalked: found.length < CHUNK,
      walked,
    };
    await saveChange(models, state, change, transaction);
    const staged = await parts.stage([...deltas.values()], transaction);
    const remaining = Math.max(0, state.total - walked);
    return { result: { counted: missing.length, removed: 0, remaining }, staged };
  });
}
