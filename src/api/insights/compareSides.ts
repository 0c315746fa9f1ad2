import type { z } from 'zod';
import { idSchema } from '../../ingest/names/ids.ts';
import { labelFilterSchema, spellingsOf } from '../../ingest/names/labels.ts';
import type { Pseudonym } from '../../ingest/pseudonyms.ts';
import { FIRST_DAY, LAST_DAY, type Subject } from '../../models/aggregates/readTotals.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { invalid } from '../http/problem.ts';
import type { queries } from '../reading/querySchemas.ts';
import { daysBefore } from './insightLimits.ts';

export type CompareQuery = z.infer<typeof queries.compare>;

interface Days {
  from?: string | undefined;
  to?: string | undefined;
}

/** Feedback that a comparison is about, in a period. Variants have no days. */
export type Compared = Days &
  ({ subject: Subject } | { experiment: string; variant: string; orgId: string | undefined });

/** One side of a comparison, checked. */
export type Side = Compared & {
  /** name in the response */
  name: string;
  /** the parameter that begins its period */
  pointer: '/from' | '/bFrom';
  /** feedback of the other side, which is left out of this one */
  without?: Compared | undefined;
};

/**
 * The two sides of a comparison, limited to the org that the caller may see. No feedback is in both, unless they are the same:
 * if one contains the other, it is all others.
 *
 * @throws Problem 400 for a side that cannot be; 403 for another org
 */
export function sidesOf(caller: Caller, query: CompareQuery, pseudonym: Pseudonym): { a: Side; b: Side } {
  const { a: ofA, b: ofB = ofA, from, to, bFrom, bTo } = query;
  const hasOwnPeriod = bFrom !== undefined || bTo !== undefined;
  const checked = (text: string, pointer: string) => sideOf(caller, text, pointer, query, pseudonym);
  const a: Side = { ...checked(ofA, '/a'), from, to, pointer: '/from' };
  const b: Side = hasOwnPeriod
    ? { ...checked(ofB, '/b'), from: bFrom, to: bTo, pointer: '/bFrom' }
    : { ...checked(ofB, '/b'), from, to, pointer: '/from' };
  const dated = (['from', 'to', 'bFrom', 'bTo'] as const).find((name) => query[name] !== undefined);
  if (dated !== undefined && ('variant' in a || 'variant' in b))
    throw invalid([{ pointer: `/${dated}`, message: 'is not for variants, which are not counted by day' }]);
  if (hasOwnPeriod && from === undefined && to === undefined && isSame(a, b))
    Object.assign(a, daysBeside({ from: bFrom, to: bTo }));
  if (!overlap(a, b)) return { a, b };
  if (isSame(a, b) && !isSamePeriod(a, b))
    throw invalid([{ pointer: '/bFrom', message: 'must leave no day that is also in the period of a' }]);
  return { a: withoutOther(a, b), b: withoutOther(b, a) };
}

/** The days before a period, or those after it if it has no beginning. */
const daysBeside = ({ from, to }: Days): Days =>
  from === undefined ? { from: daysBefore(to!, -1) } : { to: daysBefore(from, 1) };

const overlap = (a: Days, b: Days) =>
  (a.from ?? FIRST_DAY) <= (b.to ?? LAST_DAY) && (b.from ?? FIRST_DAY) <= (a.to ?? LAST_DAY);

export const isSamePeriod = (a: Days, b: Days) => a.from === b.from && a.to === b.to;

/** Whether both are the same feedback, if their periods are. */
export function isSame(a: Compared, b: Compared): boolean {
  if ('variant' in a)
    return 'variant' in b && spellingsOf(a.variant)[0] === spellingsOf(b.variant)[0] && a.orgId === b.orgId;
  if ('variant' in b || a.subject.level !== b.subject.level) return false;
  return a.subject.level === 'all' || a.subject.id === (b.subject as { id: string }).id;
}

/** The side, as all others if it contains feedback of the other side. */
function withoutOther(side: Side, other: Side): Side {
  const part = partIn(side, other);
  return part ? { ...side, name: 'others', without: { ...part, from: side.from, to: side.to } } : side;
}

/** The feedback of `other` that is in `whole`, which is everyone's or an org's. */
function partIn(whole: Compared, other: Compared): Compared | undefined {
  if ('variant' in whole || isSame(whole, other)) return undefined;
  const { subject } = whole;
  if (subject.level === 'all') return other;
  if (subject.level !== 'org') return undefined;
  if ('variant' in other) return { ...other, orgId: subject.id };
  if (other.subject.level === 'all' || other.subject.level === 'org') return undefined;
  return { subject: { ...other.subject, orgId: subject.id } };
}

function sideOf(
  caller: Caller,
  text: string,
  pointer: string,
  { experiment, orgId }: CompareQuery,
  pseudonym: Pseudonym,
): { name: string } & Compared {
  const inOrg = restrictToOrg(caller, orgId);
  const colon = text.indexOf(':');
  const [kind, rest] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  if (kind === 'all')
    return inOrg === undefined
      ? { name: 'all', subject: { level: 'all' } }
      : { name: `org:${inOrg}`, subject: { level: 'org', id: inOrg } };
  if (kind === 'variant') {
    if (experiment === undefined) throw invalid([{ pointer: '/experiment', message: 'is needed for a variant' }]);
    const { data: variant } = labelFilterSchema.safeParse(rest);
    if (variant === undefined) throw invalid([{ pointer, message: 'has no name of a variant after the colon' }]);
    return { name: `variant:${variant}`, experiment, variant, orgId: inOrg };
  }
  const { data: id } = idSchema.safeParse(rest);
  if (id === undefined) throw invalid([{ pointer, message: 'has no id after the colon' }]);
  if (kind === 'org') {
    const org = restrictToOrg(caller, id)!;
    if (orgId !== undefined && orgId !== id)
      throw invalid([{ pointer, message: 'is another org than orgId; leave orgId out' }]);
    return { name: `org:${org}`, subject: { level: 'org', id: org } };
  }
  const level = kind as 'user' | 'session';
  const stored = level === 'user' ? pseudonym(id) : id;
  return { name: `${level}:${stored}`, subject: { level, id: stored, orgId: inOrg } };
}
