import { CHOICES } from '../../aggregates/contribution.ts';
import type { Models } from '../database.ts';
import type { Removed } from './erasureSchema.ts';

/** Ends the keys that are bound to an org. Whoever may send for every org still may. */
export async function revokeKeysOfOrg(models: Models, orgId: string): Promise<number> {
  const { modifiedCount } = await models.accessKeys.updateMany(
    { orgId, revokedAt: null },
    { revokedAt: new Date() },
  );
  return modifiedCount;
}

/** Removes what an org's feedback was counted, analysed and kept by, and the roles that people had or were offered in it. Done twice it finds nothing the second time. */
export async function eraseOrgSettings(
  models: Models,
  orgId: string,
): Promise<Pick<Removed, 'choiceLists' | 'taxonomies'>> {
  const lists = CHOICES.map((question) => `org ${orgId} ${question}`);
  const choices = await models.choiceLists.deleteMany({ _id: { $in: lists } });
  const taxonomies = await models.taxonomies.deleteMany({ orgId });
  await models.orgSettings.deleteMany({ orgId });
  await models.invitations.deleteMany({ orgId });
  await models.people.updateMany({ 'roles.orgId': orgId }, { $pull: { roles: { orgId } } });
  return { choiceLists: choices.deletedCount, taxonomies: taxonomies.deletedCount };
}
