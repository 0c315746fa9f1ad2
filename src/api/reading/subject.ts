import { idSchema } from '../../ingest/feedbackSchema.ts';
import type { Subject } from '../../models/aggregates/readTotals.ts';
import { restrictToOrg } from '../authorize.ts';
import { invalid } from '../http/problem.ts';
import type { Caller } from '../keys/keyCache.ts';

/** Whom a question is about, within what the key may see. */
export function subjectOf(
  caller: Caller,
  level: Subject['level'],
  id: string,
  orgId: string | undefined,
): Subject {
  if (level !== 'all' && !idSchema.safeParse(id).success)
    throw invalid([{ pointer: '/id', message: 'is not an id' }]);
  const org = restrictToOrg(caller, level === 'org' ? id : orgId);
  if (level === 'all') return org === undefined ? { level } : { level: 'org', id: org };
  return level === 'org' ? { level, id } : { level, id, orgId: org };
}

export function checkRange({ from, to }: { from?: string | undefined; to?: string | undefined }): void {
  if (from !== undefined && to !== undefined && from > to)
    throw invalid([{ pointer: '/to', message: 'must not be before from' }]);
}
