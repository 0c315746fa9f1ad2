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

/** Somebody else has made a version since the one that was edited. */
export class OutdatedTaxonomy extends Error {
  override name = 'OutdatedTaxonomy';
  readonly latest: number;

  constructor(edited: number, latest: number) {
    super(`The taxonomy is at version ${latest}, and version ${edited} was edited. Read it, and edit again.`);
    this.latest = latest;
  }
}

/** The latest version of a scope; none where only what was shipped is there. */
export function latestTaxonomy(
  models: Pick<Models, 'taxonomies'>,
  orgId: string | null,
): Promise<TaxonomyDocument | null> {
  return models.taxonomies.findOne({ orgId }).sort({ version: -1 }).lean<TaxonomyDocument | null>();
}

/** The themes that a scope is analysed by, whose they are, and the version that an edit of the scope names. */
export async function effectiveTaxonomy(models: Pick<Models, 'taxonomies'>, orgId: string | null) {
  const own = await latestTaxonomy(models, orgId);
  const deployments = orgId === null || own?.themes ? null : await latestTaxonomy(models, null);
  const inForce = [own, deployments].find((one) => one?.themes);
  return {
    orgId,
    version: own?.version ?? 0,
    source: inForce ? (inForce.orgId === null ? 'deployment' : 'org') : 'shipped',
    createdAt: inForce?.createdAt ?? null,
    by: inForce?.by ?? null,
    themes: inForce?.themes ?? defaultTaxonomy,
  };
}

/** Newest first, without their themes. */
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
 * Puts the next version of a scope in force. `edited` is the version that the change was made to; where it is not the
 * latest, nothing is stored.
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
  const latest = async () => (await latestTaxonomy(models, orgId))?.version ?? 0;
  const found = await latest();
  if (found !== edited) throw new OutdatedTaxonomy(edited, found);
  const version = edited + 1;
  try {
    await inTransaction(models, async (session) => {
      const document = { orgId, version, themes, createdAt: now, by: by.id || by.kind };
      await models.taxonomies.create([{ _id: `${orgId ?? ''} ${version}`, ...document }], { session });
      const details = { version, themes: themes?.length ?? null };
      await recordAuditEvent(
        models,
        { actor: by, action: 'taxonomy.save', target: orgId ?? '', orgId, details },
        session,
      );
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new OutdatedTaxonomy(edited, await latest());
  }
  return version;
}

/** Of edits that come at once, one is in force at each try. */
const TRIES = 10;

/**
 * Adds a theme, or terms to one, to what a scope is analysed by, as its next version. A scope that had none of its own
 * has one from then on: what it followed, and this.
 *
 * @returns the new version
 * @throws InvalidTaxonomy, and OutdatedTaxonomy where others edit without end
 */
export async function saveTheme(
  models: Models,
  change: { orgId: string | null; theme: Theme; under?: string | undefined; by: Actor; now: Date },
): Promise<number> {
  const { theme, under, ...by } = change;
  for (let tries = 1; ; tries++) {
    const { version: edited, themes } = await effectiveTaxonomy(models, change.orgId);
    try {
      return await saveTaxonomy(models, { ...by, edited, themes: addTheme(themes, theme, under) });
    } catch (error) {
      if (!(error instanceof OutdatedTaxonomy) || tries === TRIES) throw error;
    }
  }
}
