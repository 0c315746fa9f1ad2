import { pathWord } from '../../aggregates/aggregateKey.ts';
import { extendSpan, ownDelta } from '../../aggregates/contribution.ts';
import { DAY_LENGTH } from '../../aggregates/days.ts';
import { addDelta, type Delta } from '../../aggregates/delta.ts';
import { addPacked } from '../../aggregates/packDelta.ts';
import { dayIn, type ZonedDays } from '../../aggregates/zoneDays.ts';
import type { Models } from '../database.ts';
import { COUNTED_FIELDS } from '../feedback/countedFields.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { forEachDocument } from '../mongodb/forEachDocument.ts';
import { inSnapshot } from '../mongodb/inSnapshot.ts';
import { createdOn } from '../mongodb/timeRange.ts';
import { type AggregateDocument, partsUnder } from './aggregateSchema.ts';
import { readSums } from './readSums.ts';

/** Subject of figures. `orgId` narrows a user or session to its feedback in one org. */
export type Subject =
  | { level: 'all' }
  | { level: 'org'; id: string }
  | { level: 'user' | 'session'; id: string; orgId?: string | undefined };

/** A range of days. A zone is that of the one org whose feedback is counted; see `models/zones`. */
export type DayRange = ZonedDays;

export interface Totals {
  delta: Delta;
  firstAt: Date | null;
  lastAt: Date | null;
}

export const FIRST_DAY = '1970-01-01';
export const LAST_DAY = '9999-12-31';
/** Parts in one reply of MongoDB. */
const PARTS_AT_ONCE = 1_000;

/** The number of feedback of an org, or of all orgs (null), as its total counts it. */
export async function readCount(models: Models, orgId: string | null): Promise<number> {
  const { delta } = await readTotals(models, orgId === null ? { level: 'all' } : { level: 'org', id: orgId });
  return delta.get('n') ?? 0;
}

/** The totals for all time, or for the days of a range. */
export async function readTotals(models: Models, subject: Subject, range: DayRange = {}): Promise<Totals> {
  if (range.from !== undefined || range.to !== undefined) {
    const days = await readDays(models, subject, range);
    return addTotals(days.values());
  }
  const sum = nothing();
  for (const part of await readParts(models, { $or: partsUnder(pathOf(subject)) })) addPart(sum, part);
  return sum;
}

/**
 * The totals of each day with feedback in a range, in order. They may be shared with a cache: do not change their counters.
 * Orgs and everyone have an aggregate for each day. The days of a user or session are added up from its feedback, by
 * the function that makes the aggregates.
 */
export async function readDays(models: Models, subject: Subject, range: DayRange): Promise<Map<string, Totals>> {
  const days =
    subject.level === 'all' || subject.level === 'org'
      ? await readDayAggregates(models, subject, range)
      : await addUpDays(models, subject, range);
  return new Map([...days].filter(([, totals]) => totals.delta.size > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The totals of each variant of an experiment, by name, in one org or all. `names`: all spellings of the experiment. */
export async function readVariants(models: Models, names: string[], orgId?: string): Promise<Map<string, Totals>> {
  const parts = await readParts(models, {
    $or: names.flatMap((name) => partsUnder(`variant ${pathWord(name)}`)),
    ...(orgId !== undefined && { orgId }),
  });
  parts.sort((a, b) => (a._id < b._id ? -1 : 1));
  const variants = new Map<string, Totals>();
  for (const part of parts) addPartAt(variants, part.id, part);
  return new Map([...variants].filter(([, { delta }]) => delta.size > 0));
}

/** The totals of one variant of an experiment, in one org or all; each by all its spellings. */
export async function readVariant(
  models: Models,
  { experiments, variants, orgId }: { experiments: string[]; variants: string[]; orgId?: string | undefined },
): Promise<Totals> {
  const inOrg = orgId === undefined ? '' : ` ${pathWord(orgId)}`;
  const paths = experiments.flatMap((experiment) =>
    variants.map((variant) => `variant ${pathWord(experiment)} ${pathWord(variant)}${inOrg}`),
  );
  return addTotals((await readParts(models, { $or: paths.flatMap(partsUnder) })).map(totalsOf));
}

const nothing = (): Totals => ({ delta: new Map(), firstAt: null, lastAt: null });

/** Sum of totals, with the earliest and the latest time. Totals without counters may still hold the earliest time. */
export function addTotals(all: Iterable<Totals>): Totals {
  const sum = nothing();
  for (const totals of all) addToTotals(sum, totals);
  return sum;
}

export function addToTotals(sum: Totals, { delta, firstAt, lastAt }: Totals): void {
  addDelta(sum.delta, delta);
  extendSpan(sum, firstAt, lastAt);
}

function addPart(sum: Totals, part: AggregateDocument): void {
  addPacked(sum.delta, part);
  extendSpan(sum, part.firstAt, part.lastAt);
}

/** Adds a part to the totals of a key in a map, in place. */
export function addPartAt<Key>(sums: Map<Key, Totals>, key: Key, part: AggregateDocument): void {
  const known = sums.get(key);
  if (known) addPart(known, part);
  else sums.set(key, totalsOf(part));
}

export function totalsOf(part: AggregateDocument): Totals {
  const totals = nothing();
  addPart(totals, part);
  return totals;
}

async function readDayAggregates(models: Models, subject: Subject, range: DayRange): Promise<Map<string, Totals>> {
  const ofOrg = subject.level === 'org' && pathWord(subject.id);
  const path = !ofOrg
    ? 'all-day'
    : range.zone === undefined
      ? `org-day ${ofOrg}`
      : `org-zone-day ${ofOrg} ${range.zone}`;
  const sums = await readSums(models, `${path} ${range.from ?? FIRST_DAY} `, `${path} ${range.to ?? LAST_DAY}!`);
  return new Map([...sums].map(([path, totals]) => [path.slice(-DAY_LENGTH), totals]));
}

type OneSubject = Extract<Subject, { level: 'user' | 'session' }>;

const feedbackOf = ({ level, id, orgId }: OneSubject, range: DayRange) => ({
  [level === 'user' ? 'userId' : 'sessionId']: id,
  ...(orgId !== undefined && { orgId }),
  ...createdOn(range),
});

async function addUpDays(models: Models, subject: OneSubject, range: DayRange): Promise<Map<string, Totals>> {
  const days = new Map<string, Totals>();
  await inSnapshot(models, (snapshot) =>
    forEachDocument<FeedbackDocument>(
      models.feedback,
      feedbackOf(subject, range),
      COUNTED_FIELDS,
      snapshot,
      (found) => {
        const { createdAt } = found;
        const day = dayIn(createdAt, range.zone);
        let totals = days.get(day);
        if (!totals) {
          totals = nothing();
          days.set(day, totals);
        }
        addDelta(totals.delta, ownDelta(found));
        extendSpan(totals, createdAt, createdAt);
      },
    ),
  );
  return days;
}

/** The days of the feedback of a user or session. */
export interface DaysOfOne {
  first: string;
  last: string;
  /** the latest day with feedback besides the latest `max`; left out if there is none */
  incomplete?: string;
}

/** The days of the feedback of a user or session in a range, of which at most `max` shall be counted. Null without any. */
export async function findDaysOfOne(
  models: Models,
  subject: OneSubject,
  range: DayRange,
  max: number,
): Promise<DaysOfOne | null> {
  const createdAtOf = async (direction: 1 | -1, skip: number) => {
    const found = await models.feedback
      .findOne(feedbackOf(subject, range), { _id: 0, createdAt: 1 })
      .sort({ createdAt: direction })
      .skip(skip)
      .lean<{ createdAt: Date }>();
    return found ? dayIn(found.createdAt, range.zone) : undefined;
  };
  const [first, last, incomplete] = await Promise.all([createdAtOf(1, 0), createdAtOf(-1, 0), createdAtOf(-1, max)]);
  if (first === undefined || last === undefined) return null;
  return { first, last, ...(incomplete !== undefined && { incomplete }) };
}

/** The words with which the paths of a subject's aggregates begin. */
export function pathOf(subject: Subject): string {
  const words: string[] = [subject.level];
  if (subject.level !== 'all') words.push(pathWord(subject.id));
  if ((subject.level === 'user' || subject.level === 'session') && subject.orgId !== undefined)
    words.push(pathWord(subject.orgId));
  return words.join(' ');
}

/** The parts that match, all of one instant: none is missed or read twice because of a merge. */
export function readParts(models: Models, filter: Record<string, unknown>): Promise<AggregateDocument[]> {
  return inSnapshot(models, (snapshot) => {
    const found = models.aggregates.collection.find(filter as never, { ...snapshot, batchSize: PARTS_AT_ONCE });
    return found.toArray() as unknown as Promise<AggregateDocument[]>;
  });
}
