import { DAY_LENGTH, dayOf } from './days.ts';

/** The subject of an aggregate. `all` is all orgs together. A user or session has one aggregate for each org. */
export type Level = 'all' | 'org' | 'user' | 'session' | 'variant';

/**
 * The key of one aggregate. `path` identifies it: words separated by single spaces, the most selective first. Each query
 * ("this user in any org", "this org on these days") is then one range of paths:
 *
 * | kind | path |
 * | --- | --- |
 * | `all`, `all-day` | `all` · `all-day 2026-11-24` |
 * | `org`, `org-day` | `org acme` · `org-day acme 2026-11-24` |
 * | `org-zone-day` | `org-zone-day acme Europe/Berlin 2026-11-24` |
 * | `user`, `session` | `user u-17 acme` · `session s-9 acme` (an empty last word without an org) |
 * | `variant` | `variant checkout blue%20button acme` |
 */
export interface AggregateKey {
  kind: Level | 'all-day' | 'org-day' | 'org-zone-day';
  path: string;
  orgId: string | null;
  /** id of the org, user or session; name of the variant; empty for `all` */
  id: string;
  /** set for `variant` only */
  experiment?: string;
  /** `YYYY-MM-DD`; set for the `-day` kinds only. A UTC day, but for `org-zone-day` a day of the zone in the path. */
  day?: string;
}

const UNSAFE = /[%\s]/;

/** Escapes a text as one word of a path. Ids have no white space, but names of experiments and variants may have. */
export function pathWord(text: string): string {
  return UNSAFE.test(text) ? text.replace(/[%\s]/g, encodeURIComponent) : text;
}

/** The inverse of `pathWord`. */
export function textOfPathWord(word: string): string {
  return word.includes('%') ? decodeURIComponent(word) : word;
}

/** The fields of a feedback that decide which aggregates count it. */
export interface Dimensions {
  orgId?: string | undefined;
  userId?: string | undefined;
  sessionId?: string | undefined;
  experiment?: string | undefined;
  variant?: string | undefined;
  createdAt: Date;
  /**
   * Local days that count the feedback, besides the UTC day: a zone, a space and a day of it, such as `Europe/Berlin
   * 2026-11-24`. Stored with the feedback, so that a contribution depends neither on settings nor on the rules of zones.
   */
  localDays?: readonly string[] | undefined;
}

/** A day of a zone, as `localDays` has it. */
export const localDay = (zone: string, day: string) => `${zone} ${day}`;
/** Whether an item of `localDays` is a day of a zone. */
export const isDayIn = (zone: string) => (text: string) => text.startsWith(`${zone} `);
export const zoneOfLocalDay = (text: string) => text.slice(0, text.indexOf(' '));

/** The keys of all aggregates that count a feedback. */
export function keysOf(feedback: Dimensions): AggregateKey[] {
  const { orgId, createdAt } = feedback;
  const day = dayOf(createdAt);
  return [
    ...globalKeys(day),
    ...(orgId === undefined ? [] : orgKeys(orgId, day)),
    ...zoneDayKeys(feedback),
    ...subjectKeys(feedback),
  ];
}

/** The keys of the local days that count a feedback of an org with a time zone. */
export function zoneDayKeys({ orgId, localDays = [] }: Pick<Dimensions, 'orgId' | 'localDays'>): AggregateKey[] {
  return orgId === undefined ? [] : localDays.map((text) => zoneDayKey(orgId, text));
}

/** The key of one local day of an org. `text` is as in `localDays`. */
export function zoneDayKey(orgId: string, text: string): AggregateKey {
  const day = text.slice(-DAY_LENGTH);
  return { kind: 'org-zone-day', path: `org-zone-day ${pathWord(orgId)} ${text}`, orgId, id: orgId, day };
}

/** The keys of all orgs together, for all time and for one UTC day. */
export function globalKeys(day: string): AggregateKey[] {
  return [
    { kind: 'all', path: 'all', orgId: null, id: '' },
    { kind: 'all-day', path: `all-day ${day}`, orgId: null, id: '', day },
  ];
}

/** The keys of one org, for all time and for one UTC day. */
export function orgKeys(orgId: string, day: string): AggregateKey[] {
  const word = pathWord(orgId);
  return [
    { kind: 'org', path: `org ${word}`, orgId, id: orgId },
    { kind: 'org-day', path: `org-day ${word} ${day}`, orgId, id: orgId, day },
  ];
}

/** The keys of a feedback's user, session and variant, if it names them. */
export function subjectKeys({ orgId, userId, sessionId, experiment, variant }: Dimensions): AggregateKey[] {
  const org = orgId ?? null;
  const orgWord = pathWord(orgId ?? '');
  const keys: AggregateKey[] = [];
  if (userId !== undefined)
    keys.push({ kind: 'user', path: `user ${pathWord(userId)} ${orgWord}`, orgId: org, id: userId });
  if (sessionId !== undefined)
    keys.push({ kind: 'session', path: `session ${pathWord(sessionId)} ${orgWord}`, orgId: org, id: sessionId });
  if (experiment !== undefined && variant !== undefined) {
    const path = `variant ${pathWord(experiment)} ${pathWord(variant)} ${orgWord}`;
    keys.push({ kind: 'variant', path, orgId: org, id: variant, experiment });
  }
  return keys;
}
