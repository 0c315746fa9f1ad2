import { dayOf, pathWord } from '../../aggregates/aggregateKey.ts';
import { CHOICES, extendSpan, ownDelta, RATINGS } from '../../aggregates/contribution.ts';
import { addDelta, type Delta } from '../../aggregates/delta.ts';
import { addPacked } from '../../aggregates/packDelta.ts';
import type { Models } from '../database.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { onDays } from '../mongodb/timeRange.ts';
import { type AggregateDocument, keysOfPart, namedBetween, partsUnder } from './aggregateSchema.ts';

/** Subject of figures. `orgId` narrows a user or session to its feedback in one org. */
export type Subject =
  | { level: 'all' }
  | { level: 'org'; id: string }
  | { level: 'user' | 'session'; id: string; orgId?: string | undefined };

/** UTC days, `YYYY-MM-DD`, both inclusive. */
export interface DayRange {
  from?: string | undefined;
  to?: string | undefined;
}

export interface Totals {
  delta: Delta;
  firstAt: Date | null;
  lastAt: Date | null;
}

export const FIRST_DAY = '1970-01-01';
export const LAST_DAY = '9999-12-31';

/** The totals for all time, or for the days of a range. */
export async function readTotals(models: Models, subject: Subject, range: DayRange = {}): Promise<Totals> {
  if (range.from !== undefined || range.to !== undefined) {
    const days = await readDays(models, subject, range);
    return addTotals(days.values());
  }
  const [from, below] = idRangeOf(subject);
  const sum = nothing();
  for (const part of await readAggregates(models, from, below)) addPart(sum, part);
  return sum;
}

/**
 * The totals of each UTC day with feedback in a range, in order. Orgs and everyone have an aggregate for each day. The
 * days of a user or session are added up from its feedback, by the function that makes the aggregates.
 */
export async function readDays(models: Models, subject: Subject, range: DayRange): Promise<Map<string, Totals>> {
  const days =
    subject.level === 'all' || subject.level === 'org'
      ? await readDayAggregates(models, subject, range)
      : await addUpDays(models, subject, range);
  return new Map([...days].filter(([, totals]) => totals.delta.size > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The totals of each variant of an experiment, by name, in one org or all. */
export async function readVariants(models: Models, experiment: string, orgId?: string): Promise<Map<string, Totals>> {
  const parts = models.aggregates
    .find({ $or: partsUnder(`variant ${pathWord(experiment)}`), ...(orgId !== undefined && { orgId }) })
    .sort({ _id: 1 })
    .lean<AggregateDocument[]>()
    .cursor();
  const variants = new Map<string, Totals>();
  for await (const part of parts) addPartAt(variants, part.id, part);
  return new Map([...variants].filter(([, { delta }]) => delta.size > 0));
}

const nothing = (): Totals => ({ delta: new Map(), firstAt: null, lastAt: null });

/** Sum of totals, with the earliest and the latest time. Totals without counters may still hold the earliest time. */
export function addTotals(all: Iterable<Totals>): Totals {
  const sum = nothing();
  for (const totals of all) addToTotals(sum, totals);
  return sum;
}

/** Adds totals to others, in place. */
export function addToTotals(sum: Totals, { delta, firstAt, lastAt }: Totals): void {
  addDelta(sum.delta, delta);
  extendSpan(sum, firstAt, lastAt);
}

/** Adds a part to totals, in place. */
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
  const path = subject.level === 'org' ? `org-day ${pathWord(subject.id)}` : 'all-day';
  const from = `${path} ${range.from ?? FIRST_DAY} `;
  const to = `${path} ${range.to ?? LAST_DAY}!`;
  const days = new Map<string, Totals>();
  for (const part of await readAggregates(models, from, to)) {
    const day = keysOfPart(part).find((key) => key.day !== undefined)?.day ?? '';
    addPartAt(days, day, part);
  }
  return days;
}

const COUNTED = ['createdAt', 'other', 'analysis', ...RATINGS, ...CHOICES];

async function addUpDays(
  models: Models,
  subject: Extract<Subject, { level: 'user' | 'session' }>,
  range: DayRange,
): Promise<Map<string, Totals>> {
  const createdAt = onDays(range);
  const found = models.feedback
    .find({
      [subject.level === 'user' ? 'userId' : 'sessionId']: subject.id,
      ...(subject.orgId !== undefined && { orgId: subject.orgId }),
      ...(createdAt && { createdAt }),
    })
    .select(COUNTED)
    .sort({ createdAt: 1 })
    .lean<FeedbackDocument[]>()
    .cursor({ batchSize: 2_000 });
  const days = new Map<string, Totals>();
  for await (const feedback of found) {
    const day = dayOf(feedback.createdAt);
    const totals = days.get(day);
    if (totals) {
      addDelta(totals.delta, ownDelta(feedback));
      totals.lastAt = feedback.createdAt;
    } else days.set(day, { delta: ownDelta(feedback), firstAt: feedback.createdAt, lastAt: feedback.createdAt });
  }
  return days;
}

/** The range of the part ids of a subject's totals, `below` exclusive. */
export function idRangeOf(subject: Subject): [from: string, below: string] {
  const words: string[] = [subject.level];
  if (subject.level !== 'all') words.push(pathWord(subject.id));
  if ((subject.level === 'user' || subject.level === 'session') && subject.orgId !== undefined)
    words.push(pathWord(subject.orgId));
  const path = words.join(' ');
  // A space ends a word, and '!' is the character after it.
  return [`${path} `, `${path}!`];
}

function readAggregates(models: Models, from: string, below: string): Promise<AggregateDocument[]> {
  return models.aggregates.find({ $or: namedBetween(from, below) }).lean<AggregateDocument[]>();
}
