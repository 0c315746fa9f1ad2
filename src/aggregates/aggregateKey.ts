import { dayOf } from './days.ts';

export { DAY_LENGTH, dayOf } from './days.ts';

/** What an aggregate is about. `all` is everyone; a user or session is kept apart for each org it appears in. */
export type Level = 'all' | 'org' | 'user' | 'session' | 'variant';

/**
 * The name of one aggregate. `path` identifies it, as words separated by single spaces, the most selective first, so
 * that every question ("this user in any org", "this org on these days") is one range of paths:
 *
 * | kind | path |
 * | --- | --- |
 * | `all`, `all-day` | `all` · `all-day 2026-11-24` |
 * | `org`, `org-day` | `org acme` · `org-day acme 2026-11-24` |
 * | `user`, `session` | `user u-17 acme` · `session s-9 acme` (an empty last word where there is no org) |
 * | `variant` | `variant checkout blue%20button acme` |
 */
export interface AggregateKey {
  kind: Level | 'all-day' | 'org-day';
  path: string;
  orgId: string | null;
  /** The org, user or session; the variant of an experiment; empty for `all`. */
  id: string;
  /** Set on `variant` only. */
  experiment?: string;
  /** UTC day `YYYY-MM-DD`, set on the `-day` kinds only. */
  day?: string;
}

const UNSAFE = /[%\s]/;

/** One word of a path: ids have no white space, but names of experiments and variants may. */
export function pathWord(text: string): string {
  return UNSAFE.test(text) ? text.replace(/[%\s]/g, encodeURIComponent) : text;
}

/** The text that `pathWord` made a word of. */
export function textOfPathWord(word: string): string {
  return word.includes('%') ? decodeURIComponent(word) : word;
}

export interface Dimensions {
  orgId?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  experiment?: string | undefined;
  variant?: string | undefined;
  createdAt: Date;
}

/** The aggregates that one feedback counts in. */
export function keysOf(feedback: Dimensions): AggregateKey[] {
  const { orgId, createdAt } = feedback;
  const day = dayOf(createdAt);
  return [...globalKeys(day), ...(orgId === undefined ? [] : orgKeys(orgId, day)), ...subjectKeys(feedback)];
}

/** The aggregates that all feedback of one UTC day has in common. */
export function globalKeys(day: string): AggregateKey[] {
  return [
    { kind: 'all', path: 'all', orgId: null, id: '' },
    { kind: 'all-day', path: `all-day ${day}`, orgId: null, id: '', day },
  ];
}

/** The aggregates that all feedback of one org on one UTC day has in common. */
export function orgKeys(orgId: string, day: string): AggregateKey[] {
  const word = pathWord(orgId);
  return [
    { kind: 'org', path: `org ${word}`, orgId, id: orgId },
    { kind: 'org-day', path: `org-day ${word} ${day}`, orgId, id: orgId, day },
  ];
}

/** The aggregates of a feedback's user, session and variant, as far as it names them. */
export function subjectKeys({ orgId, userId, sessionId, experiment, variant }: Dimensions): AggregateKey[] {
  const org = orgId ?? null;
  const inOrg = pathWord(orgId ?? '');
  const keys: AggregateKey[] = [];
  if (userId !== undefined)
    keys.push({ kind: 'user', path: `user ${pathWord(userId)} ${inOrg}`, orgId: org, id: userId });
  if (sessionId !== undefined)
    keys.push({
      kind: 'session',
      path: `session ${pathWord(sessionId)} ${inOrg}`,
      orgId: org,
      id: sessionId,
    });
  if (experiment !== undefined && variant !== undefined)
    keys.push({
      kind: 'variant',
      path: `variant ${pathWord(experiment)} ${pathWord(variant)} ${inOrg}`,
      orgId: org,
      id: variant,
      experiment,
    });
  return keys;
}
