import { idSchema } from '../../ingest/names/ids.ts';
import type { Subject } from '../../models/aggregates/readTotals.ts';
import { type Caller, restrictToOrg } from '../caller.ts';
import { invalid } from '../http/problem.ts';

/** Kinds of subjects of totals and insights. The path of their routes ends in `{id}`, except for level `all`. */
export const SUBJECTS: readonly { level: Subject['level']; path: string; label: string }[] = [
  { level: 'all', path: '/v1', label: 'everyone that the key may see' },
  { level: 'org', path: '/v1/orgs/{id}', label: 'one org' },
  { level: 'user', path: '/v1/users/{id}', label: 'one user' },
  { level: 'session', path: '/v1/sessions/{id}', label: 'one session' },
];

/**
 * The subject of a request, restricted to the org that the caller may see. `id`: undefined for level `all`.
 *
 * @throws Problem 400 if `id` is not an id, or if `orgId` is another org than the one of the path; 403 for another org
 */
export function subjectOf(
  caller: Caller,
  level: Subject['level'],
  id: string | undefined,
  orgId: string | undefined,
): Subject {
  if (level === 'all') {
    const org = restrictToOrg(caller, orgId);
    return org === undefined ? { level } : { level: 'org', id: org };
  }
  const checked = idSchema.safeParse(id);
  if (!checked.success) throw invalid([{ pointer: '/id', message: 'is not an id' }]);
  const org = restrictToOrg(caller, level === 'org' ? checked.data : orgId);
  if (level === 'org' && orgId !== undefined && orgId !== checked.data)
    throw invalid([{ pointer: '/orgId', message: 'is another org than the one of the path; leave it out' }]);
  return level === 'org' ? { level, id: checked.data } : { level, id: checked.data, orgId: org };
}
