import type { Sentiment } from '../../analysis/analysis.ts';
import type { DayRange, Subject } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { type FeedbackDocument, publicId } from './feedbackDocument.ts';

/** What a feedback says about a theme in one clause. */
export interface ThemeClause {
  /** of the feedback */
  id: string;
  userId: string | undefined;
  createdAt: Date;
  overallRating: number | undefined;
  /** of the clause in the text, UTF-16 */
  start: number;
  end: number;
  text: string;
  sentiment: Sentiment;
}

/** Feedback that are looked through, and feedback with the theme that are taken, at most. */
const LIMITS = { read: 5_000, taken: 300, timeoutMs: 10_000 };

/**
 * The clauses about a theme in a subject's latest feedback of a range of days, newest first. It reads along the subject's
 * index by time and stops at a limit, so that it takes the same time however much there is.
 */
export async function readClauses(
  models: Models,
  subject: Subject,
  theme: string,
  range: DayRange = {},
  limits = LIMITS,
): Promise<ThemeClause[]> {
  const field = subject.level === 'all' ? undefined : (`${subject.level}Id` as const);
  const createdAt = {
    ...(range.from !== undefined && { $gte: new Date(range.from) }),
    ...(range.to !== undefined && { $lt: new Date(Date.parse(range.to) + 86_400_000) }),
  };
  const inOrg = 'orgId' in subject && subject.orgId !== undefined && { orgId: subject.orgId };
  const found = await models.feedback.aggregate<FeedbackDocument>(
    [
      {
        $match: {
          ...(field && 'id' in subject && { [field]: subject.id }),
          ...(Object.keys(createdAt).length > 0 && { createdAt }),
        },
      },
      { $sort: { createdAt: -1, _id: -1 } },
      { $limit: limits.read },
      { $match: { 'analysis.mentions.theme': theme, ...inOrg } },
      { $limit: limits.taken },
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
      // What stands between two clauses belongs to neither: ", I would use it" is quoted from its first word on.
      const [before = ''] = /^[\s,;:.–—-]*/u.exec(improvements.slice(start, end)) ?? [];
      const from = start + before.length;
      const text = improvements.slice(from, end);
      return {
        id: publicId(_id),
        userId,
        createdAt,
        overallRating,
        start: from,
        end,
        text,
        sentiment,
      };
    });
}
