import type { DayRange, Subject } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { createdOn } from '../mongodb/timeRange.ts';

/** The themes of one feedback with a scored text. */
export interface ThemeSet {
  createdAt: Date;
  themes: string[];
}

/** Max feedback that is read, and max milliseconds that MongoDB may spend. */
const LIMITS = { searched: 5_000, timeoutMs: 10_000 };

/**
 * The themes of each text in a subject's latest feedback in a range of days, newest first. It reads along the subject's index by
 * time and stops at a limit, so its duration does not depend on the amount of feedback.
 */
export async function readThemeSets(
  models: Models,
  subject: Subject,
  range: DayRange = {},
  limits = LIMITS,
): Promise<ThemeSet[]> {
  const field = subject.level === 'all' ? undefined : (`${subject.level}Id` as const);
  const inOrg = 'orgId' in subject && subject.orgId !== undefined && { orgId: subject.orgId };
  const found = await models.feedback.aggregate<ThemeSet>(
    [
      { $match: { ...(field && 'id' in subject && { [field]: subject.id }), ...inOrg, ...createdOn(range) } },
      { $sort: { createdAt: -1, _id: -1 } },
      { $limit: limits.searched },
      { $match: { 'analysis.sentiment': { $ne: null } } },
      { $project: { _id: 0, createdAt: 1, themes: '$analysis.mentions.theme' } },
    ],
    { maxTimeMS: limits.timeoutMs, hint: { ...(field && { [field]: 1 }), createdAt: 1, _id: 1 } },
  );
  return found.map(({ createdAt, themes }) => ({ createdAt, themes: [...new Set(themes)] }));
}
