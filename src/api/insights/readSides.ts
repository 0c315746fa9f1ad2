import { addDelta, type Delta } from '../../aggregates/delta.ts';
import { dayIn } from '../../aggregates/zoneDays.ts';
import { spellingsOf } from '../../ingest/names/labels.ts';
import {
  addTotals,
  readDays,
  readTotals,
  readVariant,
  type Subject,
  type Totals,
} from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { invalid } from '../http/problem.ts';
import { orgOf, type ReadingServices, readInZone } from '../reading/readInZone.ts';
import { type Compared, isSame, isSamePeriod, type Side } from './compareSides.ts';
import { daysBefore, INSIGHT_LIMITS, lastUncounted, TOO_MANY_COUNTED, TOO_MANY_DAYS } from './insightLimits.ts';

type Services = Pick<ReadingServices, 'models' | 'zones'>;

/** Totals, and those of each day from `since` on. Variants have no days. */
interface Counted {
  total: Delta;
  days?: Map<string, Delta>;
  since?: string | undefined;
}

/** The totals of a side. Its days show how days differ; they may be the latest ones only. */
export interface SideTotals {
  name: string;
  from: string | null;
  to: string | null;
  timeZone: string;
  total: Delta;
  days: Delta[] | undefined;
}

/** @throws Problem 400 for periods that are too long */
export async function readSides(services: Services, { a, b }: { a: Side; b: Side }): Promise<[SideTotals, SideTotals]> {
  if (!isSame(a, b) || !isSamePeriod(a, b)) return Promise.all([readSide(services, a), readSide(services, b)]);
  const both = await readSide(services, a);
  return [both, { ...both, name: b.name }];
}

async function readSide({ models, zones }: Services, side: Side): Promise<SideTotals> {
  const { name, pointer, from, to, without } = side;
  return readInZone(zones, 'subject' in side ? orgOf(side.subject) : undefined, async (zone) => {
    // Before the whole, so that what arrives meanwhile is not subtracted.
    const part = without && (await readCounted(models, without, zone, pointer));
    const whole = await readCounted(models, side, zone, pointer);
    const { total, days } = part ? subtract(whole, part) : whole;
    return { name, from: from ?? null, to: to ?? null, total, days: days && [...days.values()] };
  });
}

async function readCounted(
  models: Models,
  compared: Compared,
  zone: string | undefined,
  pointer: string,
): Promise<Counted> {
  if ('variant' in compared) {
    const [experiments, variants] = [spellingsOf(compared.experiment), spellingsOf(compared.variant)];
    return { total: (await readVariant(models, { experiments, variants, orgId: compared.orgId })).delta };
  }
  const { subject, from, to } = compared;
  if (from === undefined && to === undefined) return readAllTime(models, subject, zone);
  const span = from === undefined || to === undefined ? await spanOf(models, subject, zone) : undefined;
  const [first, last] = [from ?? span?.first, to ?? span?.last];
  if (first !== undefined && last !== undefined && first < daysBefore(last, INSIGHT_LIMITS.days - 1))
    throw invalid([{ pointer, message: TOO_MANY_DAYS }]);
  if ((await lastUncounted(models, subject, { from, to, zone })) !== undefined)
    throw invalid([{ pointer, message: TOO_MANY_COUNTED }]);
  const days = await readDays(models, subject, { from, to, zone });
  return { total: addTotals(days.values()).delta, days: deltasOf(days) };
}

/** The totals of all time, with the latest days. */
async function readAllTime(models: Models, subject: Subject, zone: string | undefined): Promise<Counted> {
  const { delta: total, lastAt } = await readTotals(models, subject);
  if (!lastAt) return { total, days: new Map() };
  const from = daysBefore(dayIn(lastAt, zone), INSIGHT_LIMITS.days - 1);
  const uncounted = await lastUncounted(models, subject, { from, zone });
  const since = uncounted === undefined ? from : daysBefore(uncounted, -1);
  return { total, days: deltasOf(await readDays(models, subject, { from: since, zone })), since };
}

/** The first and the last day with feedback. */
async function spanOf(models: Models, subject: Subject, zone: string | undefined) {
  const { firstAt, lastAt } = await readTotals(models, subject);
  return { first: firstAt ? dayIn(firstAt, zone) : undefined, last: lastAt ? dayIn(lastAt, zone) : undefined };
}

const deltasOf = (days: ReadonlyMap<string, Totals>) => new Map([...days].map(([day, { delta }]) => [day, delta]));

/** The whole without a part of it, with the days that both have. */
function subtract(whole: Counted, part: Counted): Counted {
  const less = (all: Delta, some: Delta = new Map()) => addDelta(new Map(all), some, -1);
  const total = less(whole.total, part.total);
  if (!whole.days || !part.days) return { total };
  const days = [...whole.days].filter(([day]) => day >= (part.since ?? day));
  return { total, days: new Map(days.map(([day, delta]) => [day, less(delta, part.days!.get(day))])) };
}
