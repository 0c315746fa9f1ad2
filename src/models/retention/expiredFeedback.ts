import type { Models } from '../database.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import { afterPosition } from '../mongodb/keysetPage.ts';
import { noteForSearch } from '../search/noteForSearch.ts';
import type { ActiveSettings } from '../settings/activeSettings.ts';
import type { Retention } from '../settings/settingsSchema.ts';
import { retentionCutoff } from './retentionCutoff.ts';

/** A retention rule and its feedback: of one org, or (`orgId` null) of all orgs without a rule of their own. */
export interface RetentionScope {
  orgId: string | null;
  /** for the deployment's rule: orgs with rules of their own */
  except: readonly string[];
  rule: Exclude<Retention, 'forever'>;
}

/** The rules in effect that remove anything. */
export function activeRetentionScopes(settings: Pick<ActiveSettings, 'scopes' | 'of'>): RetentionScope[] {
  return [null, ...orgsWithRules(settings)].flatMap(
    (orgId) => retentionScope(settings, orgId, settings.of(orgId).retention) ?? [],
  );
}

/** The scope of a rule, in effect or proposed. Undefined for `forever`, which removes nothing. */
export function retentionScope(
  settings: Pick<ActiveSettings, 'scopes'>,
  orgId: string | null,
  rule: Retention,
): RetentionScope | undefined {
  if (rule === 'forever') return undefined;
  return { orgId, except: orgId === null ? orgsWithRules(settings) : [], rule };
}

const orgsWithRules = (settings: Pick<ActiveSettings, 'scopes'>) =>
  [...settings.scopes()].flatMap(([org, { retention }]) => (org !== null && retention ? [org] : []));

/** Expired feedback, and a position in the order of time. */
export interface ExpiredFeedback {
  createdAt: Date;
  _id: string;
}

/** The oldest feedback after a position that a rule removes, or whose text it removes. */
export function findExpired(
  models: Models,
  scope: RetentionScope,
  now: number,
  after: ExpiredFeedback | undefined,
  limit: number,
): Promise<ExpiredFeedback[]> {
  const afterLast = after && afterPosition('createdAt', { value: after.createdAt, id: after._id });
  return models.feedback
    .find({ $and: [expiredFilter(scope, now, after?.createdAt), afterLast ?? {}] }, { createdAt: 1 })
    .sort({ createdAt: 1, _id: 1 })
    .limit(limit)
    .lean<ExpiredFeedback[]>();
}

function expiredFilter({ orgId, except, rule }: RetentionScope, now: number, from?: Date) {
  return {
    createdAt: { ...(from && { $gte: from }), $lt: retentionCutoff(rule, now)! },
    ...(orgId !== null ? { orgId } : except.length > 0 && { orgId: { $nin: except } }),
    ...(rule.what === 'text' && { improvements: { $exists: true } }),
  };
}

interface ExpiredMonth {
  /** `YYYY-MM` */
  month: string;
  orgId: string | null;
  feedback: number;
  texts: number;
}

/** Max months listed, one entry for each org and month. */
const MAX_MONTHS = 1_000;
const TIMEOUT_MS = 20_000;

/** Counts what a rule would remove (dry run), by month and org, oldest first. The sums cover months beyond the limit. */
export async function countExpired(models: Models, scope: RetentionScope, now: number) {
  const counted = await models.feedback.aggregate<ExpiredMonth & { _id: unknown }>(
    [
      { $match: expiredFilter(scope, now) },
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
    { maxTimeMS: TIMEOUT_MS },
  );
  const sum = (name: 'feedback' | 'texts') => counted.reduce((total, month) => total + month[name], 0);
  return {
    before: retentionCutoff(scope.rule, now)!,
    feedback: sum('feedback'),
    texts: sum('texts'),
    months: counted.slice(0, MAX_MONTHS),
    isComplete: counted.length <= MAX_MONTHS,
  };
}

/** Removes the texts of feedback, but not their analyses. Returns how many it removed. */
export function removeTexts(models: Models, ids: readonly string[], now: number): Promise<number> {
  return inTransaction(models, async (transaction) => {
    const filter = { _id: { $in: ids }, improvements: { $exists: true } };
    const found = await models.feedback
      .find(filter, { createdAt: 1 }, { session: transaction })
      .lean<ExpiredFeedback[]>();
    await noteForSearch(models, found, transaction);
    const { modifiedCount } = await models.feedback.updateMany(
      filter,
      { $unset: { improvements: '' }, $set: { textRemovedAt: new Date(now) } },
      { session: transaction },
    );
    return modifiedCount;
  });
}
