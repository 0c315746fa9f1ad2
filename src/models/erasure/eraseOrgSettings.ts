import { CHOICES } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import { eraseImports } from '../imports/eraseImports.ts';
import type { Removed } from './erasureSchema.ts';

/** Revokes the keys bound to an org, and returns how many. Keys bound to no org can still send its feedback. */
export async function revokeKeysOfOrg(models: Models, orgId: string): Promise<number> {
  const { modifiedCount } = await models.accessKeys.updateMany({ orgId, revokedAt: null }, { revokedAt: new Date() });
  return modifiedCount;
}

/**
 * Removes an org's choice lists, taxonomies, settings, time zone, imports, invitations and people's roles. Calling it again removes
 * nothing.
 *
 * @returns the counts for the receipt
 */
export async function eraseOrgSettings(
  models: Models,
  orgId: string,
): Promise<Pick<Removed, 'choiceLists' | 'taxonomies'>> {
  const lists = CHOICES.map((question) => `org ${orgId} ${question}`);
  const choices = await models.choiceLists.deleteMany({ _id: { $in: lists } });
  const taxonomies = await models.taxonomies.deleteMany({ orgId });
  await models.orgSettings.deleteMany({ orgId });
  await eraseImports(models, orgId);
  await models.orgZones.deleteOne({ _id: orgId });
  await models.invitations.deleteMany({ orgId });
  await models.people.updateMany({ 'roles.orgId': orgId }, { $pull: { roles: { orgId } } });
  return { choiceLists: choices.deletedCount, taxonomies: taxonomies.deletedCount };
}
