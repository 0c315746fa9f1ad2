import type { AggregateKey } from '../aggregates/aggregateKey.ts';
import type { Gain } from '../aggregates/contribution.ts';
import { addDelta } from '../aggregates/delta.ts';
import { unpackDelta } from '../aggregates/packDelta.ts';
import { type AggregateDocument, pathOfPart } from './aggregate.ts';
import type { Models } from './database.ts';
import type { Parts } from './parts.ts';
import { takeBackFrom } from './takeBack.ts';

/**
 * Takes out of the totals of an org, its days and its variants what they count of feedback that went before, by retention.
 * In the totals of everyone it stays: they name nobody, and what of them is this org's is not known any more.
 *
 * @returns how many aggregates are gone
 */
export function eraseRetired(models: Models, parts: Parts, orgId: string): Promise<number> {
  return parts.write(async (session, add) => {
    const retired = await models.retiredAggregates
      .find({ orgId }, null, { session })
      .lean<AggregateDocument[]>();
    if (retired.length === 0) return 0;
    await models.retiredAggregates.deleteMany({ _id: { $in: retired.map(({ _id }) => _id) } }, { session });
    const gains = new Map<string, Gain>();
    for (const document of retired) {
      const key = keyOf(document);
      const delta = addDelta(new Map(), unpackDelta(document), -1);
      gains.set(key.path, { key, delta, firstAt: null, lastAt: null });
    }
    const losses = retired.map((document) => ({
      key: keyOf(document),
      from: document.firstAt ?? new Date(0),
      to: document.lastAt ?? new Date(),
    }));
    const gone = await takeBackFrom(models, gains, losses, session);
    if (gains.size > 0) await add([...gains.values()]);
    return gone;
  });
}

function keyOf({ _id, kind, orgId, id, experiment, day }: AggregateDocument): AggregateKey {
  return {
    kind,
    path: pathOfPart(_id),
    orgId,
    id,
    ...(experiment !== undefined && { experiment }),
    ...(day !== undefined && { day }),
  };
}
