import type { Sentiment } from '../../analysis/analysis.ts';
import type { DayRange, Subject } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { createdOn } from '../mongodb/timeRange.ts';
import { type FeedbackDocument, publicId } from './feedbackDocument.ts';
import { trimClause } from './trimClause.ts';

/** A clause of a feedback that mentions a theme. */
export interface ThemeClause {
  /** public id of the feedback */
  id: string;
  userId: string | undefined;
  createdAt: Date;
  overallRating: number | undefined;
  /** offsets of the clause in the text, in UTF-16 code units */
  start: number;
  end: number;
  text: string;
  sentiment: Sentiment;
}

/** Max feedback that is searched for the theme, and max feedback with it that is returned. */
const LIMITS = { searched: 5_000, found: 300, timeoutMs: 10_000 };

/**
 * The clauses about a theme in a subject's latest feedback in a range of days, newest first. It reads along the subject's
 * index by time and stops at a limit, so its duration does not depend on the amount of feedback.
 */
export async function readClauses(
  models: Models,
  subject: Subject,
  theme: string,
  range: DayRange = {},
  limits = LIMITS,
): Promise<ThemeClause[]> {
  const field = subject.level === 'all' ? undefined : (`${subject.level}Id` as const);
  const inOrg = 'orgId' in subject && subject.orgId !== undefined && { orgId: subject.orgId };
  const found = await models.feedback.aggregate<FeedbackDocument>(
    [
      { $match: { ...(field && 'id' in subject && { [field]: subject.id }), ...createdOn(range) } },
      { $sort: { createdAt: -1, _id: -1 } },
      { $limit: limits.searched },
      { $match: { 'analysis.mentions.theme': theme, ...inOrg } },
      { $limit: limits.found },
      { $project: { userId: 1, createdAt: 1, overallRating: 1, improvements: 1, 'analysis.mentions': 1 } },
    ],
    { maxTimeMS: limits.timeoutMs, hint: { ...(field && { [field]: 1 }), createdAt: 1, _id: 1 } },
  );
  return found.flatMap((feedback) => clausesAbout(theme, feedback));
}

function clausesAbout(theme: string, feedback: FeedbackDocument): ThemeClause[] {
  const { _id, userId, createdAt, overallRating, improvements = '', analysis } = feedback;
  return analysis.mentions
    .filter((mention) => mention.theme === theme)
    .map(({ start, end, sentiment }) => {
      const clause = { ...trimClause(improvements, start, end), end };
      return { id: publicId(_id), userId, createdAt, overallRating, ...clause, sentiment };
    });
}
