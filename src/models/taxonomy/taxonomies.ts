import { addTheme } from '../../analysis/taxonomy/addTheme.ts';
import { checkTaxonomy } from '../../analysis/taxonomy/checkTaxonomy.ts';
import { defaultTaxonomy } from '../../analysis/taxonomy/defaultTaxonomy.ts';
import type { Taxonomy, Theme } from '../../analysis/taxonomy/taxonomy.ts';
import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { isDuplicate } from '../mongodb/errors.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import type { TaxonomyDocument } from './taxonomySchema.ts';

/** The edited version is not the latest any more (optimistic concurrency). */
export class OutdatedTaxonomy extends Error {
  override name = 'OutdatedTaxonomy';
  readonly latest: number;

  constructor(edited: number, latest: number) {
    super(`The taxonomy is at version ${latest}, and version ${edited} was edited. Read it, and edit again.`);
    this.latest = latest;
  }
}

/** The latest version of a scope, or null. */
export function latestTaxonomy(
  models: Pick<Models, 'taxonomies'>,
  orgId: string | null,
): Promise<TaxonomyDocument | null> {
  return models.taxonomies.findOne({ orgId }).sort({ version: -1 }).lean<TaxonomyDocument | null>();
}

/** The themes active for a scope, their source, and the version that an edit of the scope must name. */
export async function effectiveTaxonomy(models: Pick<Models, 'taxonomies'>, orgId: string | null) {
  const own = await latestTaxonomy(models, orgId);
  const deployment = orgId === null || own?.themes ? null : await latestTaxonomy(models, null);
  const active = [own, deployment].find((taxonomy) => taxonomy?.themes);
  return {
    orgId,
    version: own?.version ?? 0,
    source: active ? (active.orgId === null ? 'deployment' : 'org') : 'shipped',
    createdAt: active?.createdAt ?? null,
    by: active?.by ?? null,
    themes: active?.themes ?? defaultTaxonomy,
  };
}

/** Versions of a scope, newest first, with the number of their themes. */
export function listTaxonomies(
  models: Pick<Models, 'taxonomies'>,
  orgId: string | null,
  limit: number,
): Promise<(Omit<TaxonomyDocument, 'themes'> & { themes: number | null })[]> {
  return models.taxonomies.aggregate([
    { $match: { orgId } },
    { $sort: { version: -1 } },
    { $limit: limit },
    { $set: { themes: { $cond: [{ $isArray: '$themes' }, { $size: '$themes' }, null] } } },
  ]);
}

/**
 * Stores the next version of a scope's taxonomy, which becomes active, and an audit event. Stores nothing if `edited`
 * is not the latest version.
 *
 * @returns the new version
 * @throws OutdatedTaxonomy, InvalidTaxonomy
 */
export async function saveTaxonomy(
  models: Models,
  change: { orgId: string | null; edited: number; themes: Taxonomy | null; by: Actor; now: Date },
): Promise<number> {
  const { orgId, edited, themes, by, now } = change;
  if (themes !== null) checkTaxonomy(themes);
  const latestVersion = async () => (await latestTaxonomy(models, orgId))?.version ?? 0;
  const latest = await latestVersion();
  if (latest !== edited) throw new OutdatedTaxonomy(edited, latest);
  const version = edited + 1;
  try {
    await inTransaction(models, async (transaction) => {
      const document = { orgId, version, themes, createdAt: now, by: by.id || by.kind };
      await models.taxonomies.create([{ _id: `${orgId ?? ''} ${version}`, ...document }], {
        session: transaction,
      });
      const details = { version, themes: themes?.length ?? null };
      await recordAuditEvent(
        models,
        { actor: by, action: 'taxonomy.save', target: orgId ?? '', orgId, details },
        transaction,
      );
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new OutdatedTaxonomy(edited, await latestVersion());
  }
  return version;
}

/** Max attempts of an edit. Of concurrent edits one succeeds in each attempt. */
const MAX_ATTEMPTS = 10;

/**
 * Adds a theme, or terms to an existing theme, to the active taxonomy of a scope, as the scope's next version. A
 * scope that followed another one gets a copy of that taxonomy with the theme added.
 *
 * @returns the new version
 * @throws InvalidTaxonomy, or OutdatedTaxonomy after `MAX_ATTEMPTS` conflicting edits
 */
export async function saveTheme(
  models: Models,
  change: { orgId: string | null; theme: Theme; under?: string | undefined; by: Actor; now: Date },
): Promise<number> {
  const { theme, under, ...by } = change;
  for (let attempt = 1; ; attempt++) {
    const { version: edited, themes } = await effectiveTaxonomy(models, change.orgId);
    try {
      return await saveTaxonomy(models, { ...by, edited, themes: addTheme(themes, theme, under) });
    } catch (error) {
      if (!(error instanceof OutdatedTaxonomy) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
