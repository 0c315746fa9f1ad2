import type { Models } from '../database.ts';
import { afterPosition } from '../mongodb/keysetPage.ts';
import type { ActiveSettings } from '../settings/activeSettings.ts';
import type { Retention } from '../settings/settingsSchema.ts';
import { retentionCutoff } from './retentionCutoff.ts';

/** A rule, and the feedback that it is about: of one org, or of all that have no rule of their own. */
export interface RetentionScope {
  orgId: string | null;
  /** orgs with rules of their own, where it is the deployment's */
  except: readonly string[];
  rule: Exclude<Retention, 'forever'>;
}

/** The rules by which anything ever goes. */
export function scopesOf(settings: Pick<ActiveSettings, 'scopes' | 'of'>): RetentionScope[] {
  return [...new Set([null, ...settings.scopes().keys()])].flatMap((orgId) => {
    const scope = scopeFor(settings, orgId, settings.of(orgId).retention);
    return scope && (orgId === null || settings.scopes().get(orgId)?.retention) ? [scope] : [];
  });
}

/** A rule as that of an org or of the deployment, whether it is in force or only thought of. */
export function scopeFor(
  settings: Pick<ActiveSettings, 'scopes'>,
  orgId: string | null,
  rule: Retention,
): RetentionScope | undefined {
  if (rule === 'forever') return undefined;
  const except = [...settings.scopes()].flatMap(([org, { retention }]) =>
    org !== null && retention ? [org] : [],
  );
  return { orgId, except: orgId === null ? except : [], rule };
}

export interface Position {
  createdAt: Date;
  _id: string;
}

/** The oldest feedback, behind a position, that a rule takes something of. */
export function findExpired(
  models: Models,
  scope: RetentionScope,
  now: number,
  after: Position | undefined,
  limit: number,
): Promise<Position[]> {
  const beyond = after && afterPosition('createdAt', { value: after.createdAt, id: after._id });
  return models.feedback
    .find({ $and: [matching(scope, now, after?.createdAt), beyond ?? {}] }, { createdAt: 1 })
    .sort({ createdAt: 1, _id: 1 })
    .limit(limit)
    .lean<Position[]>();
}

function matching({ orgId, except, rule }: RetentionScope, now: number, from?: Date) {
  return {
    createdAt: { ...(from && { $gte: from }), $lt: retentionCutoff(rule, now)! },
    ...(orgId !== null ? { orgId } : except.length > 0 && { orgId: { $nin: except } }),
    ...(rule.what === 'text' && { improvements: { $exists: true } }),
  };
}

export interface ExpiredMonth {
  /** `YYYY-MM` */
  month: string;
  orgId: string | null;
  feedback: number;
  texts: number;
}

const DRY_RUN = { months: 1_000, timeoutMs: 20_000 };

/** How much of what a rule would take, by month and org, the oldest first: so many at most, and the sums of all. */
export async function countExpired(models: Models, scope: RetentionScope, now: number) {
  const counted = await models.feedback.aggregate<ExpiredMonth & { _id: unknown }>(
    [
      { $match: matching(scope, now) },
      {
        $group: {
          _id: {
            month: { $dateToString: { date: '$createdAt', format: '%Y-%m' } },
            orgId: { $ifNull: ['$orgId', null] },
          },
          feedback: { $sum: 1 },
          texts: { $sum: { $cond: [{ $eq: [{ $type: '$improvements' }, 'string'] }, 1, 0] } },
        },
      },
      { $sort: { '_id.month': 1, '_id.orgId': 1 } },
      { $project: { _id: 0, month: '$_id.month', orgId: '$_id.orgId', feedback: 1, texts: 1 } },
    ],
    { maxTimeMS: DRY_RUN.timeoutMs },
  );
  const sum = (name: 'feedback' | 'texts') => counted.reduce((total, one) => total + one[name], 0);
  return {
    before: retentionCutoff(scope.rule, now)!,
    feedback: sum('feedback'),
    texts: sum('texts'),
    months: counted.slice(0, DRY_RUN.months),
    isComplete: counted.length <= DRY_RUN.months,
  };
}

/** Removes the texts of feedback; what was read from them stays. Says of how many. */
export async function removeTexts(models: Models, ids: readonly string[], now: number): Promise<number> {
  const { modifiedCount } = await models.feedback.updateMany(
    { _id: { $in: ids }, improvements: { $exists: true } },
    { $unset: { improvements: '' }, $set: { textRemovedAt: new Date(now) } },
  );
  return modifiedCount;
}
