import type { PartsWriter } from '../aggregates/partsWriter.ts';
import { readCount } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { countFeedback } from './countFeedback.ts';
import { countRetained } from './countRetained.ts';
import type { OrgZoneDocument } from './orgZoneSchema.ts';
import { removeLocalDays } from './removeLocalDays.ts';
import { type Change, Outrun, saveChange } from './saveChange.ts';

interface RecountOptions {
  models: Models;
  parts: PartsWriter;
  /** Waits until no writer can store feedback by zones that it read before the call. */
  moveFences(): Promise<void>;
}

/** Result of a step: feedback that it counted in the wanted zone, or took out of a former one. */
export interface RecountStep {
  counted: number;
  removed: number;
  /** feedback that is yet to be counted, roughly */
  remaining: number;
}

/**
 * One step of the recount of an org's days after a change of its time zone. Everything that a step needs is in the stored
 * state (`OrgZoneDocument`), and each step saves the state after it in the transaction that does its work. So a step that
 * is interrupted or runs twice changes nothing, and a new change of the zone may come at any time.
 *
 * 1. Writers count new feedback in the wanted zone as well.
 * 2. A walk in the order of time adds the wanted zone to each stored feedback, and its contribution to the local day.
 * 3. Retained totals of removed feedback are added to the local day of the same date as their UTC day.
 * 4. Readers change to the wanted zone, in one write.
 * 5. Writers no longer count the former zone.
 * 6. The former zone is removed from stored feedback, from its days and from retained totals.
 *
 * Readers find all feedback in the active zone at every moment: before step 4 in the former one, after it in the wanted one.
 *
 * @returns undefined if there is nothing to recount, or another process was faster
 */
export async function recountDays(options: RecountOptions, state: OrgZoneDocument): Promise<RecountStep | undefined> {
  try {
    return await step(options, state);
  } catch (error) {
    if (error instanceof Outrun) return undefined;
    throw error;
  }
}

/** The org whose recount has waited longest for a step. */
export function nextRecount({ orgZones }: Pick<Models, 'orgZones'>): Promise<OrgZoneDocument | null> {
  return orgZones.findOne({ isSettled: false }).sort({ steppedAt: 1 }).lean<OrgZoneDocument | null>();
}

const step = async (options: RecountOptions, state: OrgZoneDocument): Promise<RecountStep> => {
  const { models, parts, moveFences } = options;
  const { wanted, active, counted, leaving } = state;
  const save = async (change: Change): Promise<RecountStep> => {
    await saveChange(models, state, change);
    return { counted: 0, removed: 0, remaining: 0 };
  };
  // A zone that is leaving is wanted again: its days are complete neither with nor without new feedback.
  const isBlocked = wanted !== null && leaving.includes(wanted);
  const due = [...new Set([active, isBlocked ? null : wanted])].filter((zone) => zone !== null);
  if (!isSame(due, counted)) {
    const unused = counted.filter((zone) => !due.includes(zone));
    const walk = {
      cursor: null,
      isWalked: false,
      walked: 0,
      total: await readCount(models, state._id),
      utcUntilNext: null,
    };
    return save({ counted: due, leaving: [...leaving, ...unused], isKnownToWriters: false, ...walk });
  }
  if (!state.isKnownToWriters) {
    await moveFences();
    return save({ isKnownToWriters: true });
  }
  if (wanted !== active && !isBlocked) {
    if (wanted !== null && !state.isWalked) return countFeedback(models, parts, state, wanted);
    if (wanted !== null && (await countRetained(models, parts, state, wanted))) return NOTHING;
    return save({ active: wanted, activeSince: new Date(), utcUntil: state.utcUntilNext, utcUntilNext: null });
  }
  if (leaving[0] !== undefined) return removeLocalDays(models, parts, state, leaving[0]);
  return save({ isSettled: true });
};

const NOTHING: RecountStep = { counted: 0, removed: 0, remaining: 0 };

const isSame = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((zone) => b.includes(zone));
