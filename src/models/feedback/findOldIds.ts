import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId } from './feedbackDocument.ts';
import { withinLimits } from './oldIds.ts';

/** A position in the order of time. */
export type OldIdPosition = Pick<FeedbackDocument, '_id' | 'createdAt'>;

/** Keys of the index read in one step. */
const WALKED = 2_000;
const INDEX = { createdAt: 1, _id: 1 } as const;
/** The earliest time that a `Date` can represent. */
const MIN_TIME_MS = -8.64e15;

/**
 * Ids without an org after a position, as many as one transaction may rewrite. Some are of feedback that belongs to no
 * org. Reads the index alone.
 *
 * @returns the ids, and the position to continue from; undefined at the end
 */
export async function findOldIds(
  models: Models,
  after: OldIdPosition | undefined,
  walked = WALKED,
): Promise<{ ids: string[]; next: OldIdPosition | undefined }> {
  const found = (await models.feedback.collection
    .find(
      {},
      {
        projection: INDEX,
        hint: INDEX,
        // Bounds of the index skip to the position; see `findOutdated`.
        min: { createdAt: after?.createdAt ?? new Date(MIN_TIME_MS), _id: after ? `${after._id}\0` : '' },
        sort: INDEX,
        limit: walked,
      },
    )
    .toArray()) as unknown as OldIdPosition[];
  const candidates = found.filter(({ _id }) => publicId(_id) === _id);
  const taken = withinLimits(candidates);
  const isWhole = taken.length === candidates.length;
  return {
    ids: taken.map(({ _id }) => _id),
    next: isWhole && found.length < walked ? undefined : isWhole ? found.at(-1) : taken.at(-1),
  };
}
