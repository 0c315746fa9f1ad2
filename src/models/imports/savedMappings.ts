import type { ImportMapping } from '../../ingest/imports/importMapping.ts';
import { presets } from '../../ingest/imports/presets.ts';
import { recordAuditEvent } from '../audit/auditLog.ts';
import type { Actor } from '../audit/auditSchema.ts';
import type { Models } from '../database.ts';
import { inTransaction } from '../mongodb/inTransaction.ts';
import type { SavedMappingDocument } from './importSchema.ts';

/** Max mappings that an org, or the deployment, can save. */
export const MAX_SAVED_MAPPINGS = 200;

/** The org has saved as many mappings as it may. */
export class TooManyMappings extends Error {
  override name = 'TooManyMappings';
}

const idOf = (orgId: string | null, name: string) => `${orgId ?? ''} ${name}`;

/** A mapping that an org, or the deployment (null), saved by this name. */
export function findMapping(models: Models, orgId: string | null, name: string): Promise<SavedMappingDocument | null> {
  return models.importMappings.findById(idOf(orgId, name)).lean<SavedMappingDocument | null>();
}

/**
 * The mapping with a name: the first one that a scope (an org, or null for the deployment) saved, in order, or else the
 * shipped one. Undefined if there is none.
 */
export async function resolveMapping(
  models: Models,
  name: string,
  scopes: readonly (string | null)[],
): Promise<ImportMapping | undefined> {
  for (const scope of scopes) {
    const saved = await findMapping(models, scope, name);
    if (saved) return JSON.parse(saved.mapping) as ImportMapping;
  }
  return presets.find((preset) => preset.name === name)?.mapping;
}

/** The saved mappings of an org, or of the deployment (null), by name. */
export function listMappings(models: Models, orgId: string | null): Promise<SavedMappingDocument[]> {
  return models.importMappings
    .find({ orgId })
    .sort({ name: 1 })
    .limit(MAX_SAVED_MAPPINGS)
    .lean<SavedMappingDocument[]>();
}

/** Saves a mapping by name, in place of a former one, with an audit event. Throws TooManyMappings. */
export async function saveMapping(
  models: Models,
  { orgId, name, mapping, actor }: { orgId: string | null; name: string; mapping: string; actor: Actor },
): Promise<SavedMappingDocument> {
  const _id = idOf(orgId, name);
  const isNew = (await models.importMappings.exists({ _id })) === null;
  if (isNew && (await models.importMappings.countDocuments({ orgId })) >= MAX_SAVED_MAPPINGS)
    throw new TooManyMappings(`${MAX_SAVED_MAPPINGS} mappings are saved already; delete one`);
  const saved = { _id, orgId, name, mapping, savedAt: new Date(), by: actor.id || actor.kind };
  await inTransaction(models, async (transaction) => {
    await models.importMappings.replaceOne({ _id }, saved, { upsert: true, session: transaction });
    await recordAuditEvent(models, { actor, action: 'import-mapping.put', target: name, orgId }, transaction);
  });
  return saved;
}

/** Deletes a saved mapping, with an audit event. Returns whether there was one. */
export function deleteMapping(
  models: Models,
  { orgId, name, actor }: { orgId: string | null; name: string; actor: Actor },
): Promise<boolean> {
  return inTransaction(models, async (transaction) => {
    const { deletedCount } = await models.importMappings.deleteOne(
      { _id: idOf(orgId, name) },
      { session: transaction },
    );
    if (deletedCount === 0) return false;
    await recordAuditEvent(models, { actor, action: 'import-mapping.delete', target: name, orgId }, transaction);
    return true;
  });
}
