import type { z } from 'zod';
import type { Delta } from '../../aggregates/delta.ts';
import { idSchema } from '../../ingest/names/ids.ts';
import { labelFilterSchema, spellingsOf } from '../../ingest/names/labels.ts';
import type { Pseudonym } from '../../ingest/pseudonyms.ts';
import { addTotals, readDays, readVariant, type Subject } from '../../models/aggregates/readTotals.ts';
import type { Models } from '../../models/database.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { invalid } from '../http/problem.ts';
import type { queries } from '../reading/querySchemas.ts';
import { orgOf, type ReadingServices, readInZone } from '../reading/readInZone.ts';

export type CompareQuery = z.infer<typeof queries.compare>;

/** One side of a comparison, checked. Its `name` is as a response shows it. */
export type Side = { name: string; from?: string | undefined; to?: string | undefined } & (
  | { subject: Subject }
  | { experiment: string; variant: string; orgId: string | undefined }
);

/** The totals of a side. Variants have no days. */
export interface SideTotals {
  name: string;
  from: string | null;
  to: string | null;
  timeZone: string;
  total: Delta;
  days?: Delta[];
}

/**
 * The two sides of a comparison, limited to the org that the caller may see.
 *
 * @throws Problem 400 for a side that cannot be; 403 for another org
 */
export function sidesOf(caller: Caller, query: CompareQuery, pseudonym: Pseudonym): { a: Side; b: Side } {
  const { a: ofA, b: ofB = ofA, from, to, bFrom, bTo } = query;
  const hasOwnPeriod = bFrom !== undefined || bTo !== undefined;
  const checked = (text: string, pointer: string) => sideOf(caller, text, pointer, query, pseudonym);
  const a = { ...checked(ofA, '/a'), from, to };
  const b = { ...checked(ofB, '/b'), ...(hasOwnPeriod ? { from: bFrom, to: bTo } : { from, to }) };
  for (const side of [a, b])
    if ('variant' in side && (side.from !== undefined || side.to !== undefined))
      throw invalid([
        { pointer: side === a ? '/from' : '/bFrom', message: 'is not for variants, which are not counted by day' },
      ]);
  return { a, b };
}

function sideOf(
  caller: Caller,
  text: string,
  pointer: string,
  { experiment, orgId }: CompareQuery,
  pseudonym: Pseudonym,
): Side {
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

export async function readSide(models: Models, zones: ReadingServices['zones'], side: Side): Promise<SideTotals> {
  const { name, from, to } = side;
  const shown = { name, from: from ?? null, to: to ?? null };
  if ('variant' in side) {
    const [experiments, variants] = [spellingsOf(side.experiment), spellingsOf(side.variant)];
    const { delta } = await readVariant(models, { experiments, variants, orgId: side.orgId });
    return { ...shown, timeZone: 'UTC', total: delta };
  }
  const { subject } = side;
  return readInZone(zones, orgOf(subject), async (zone) => {
    const days = await readDays(models, subject, { from, to, zone });
    return { ...shown, total: addTotals(days.values()).delta, days: [...days.values()].map(({ delta }) => delta) };
  });
}
