import type { Models } from '../database.ts';
import { deleteImportFile } from './importFiles.ts';
import { deleteRefusals } from './importProgress.ts';

/**
 * Erases the imports of an org: their files, refusals and mappings, and what is known about them. A running import stops:
 * its next transaction finds that it failed. Calling it again erases what is left.
 */
export async function eraseImports(models: Models, orgId: string): Promise<void> {
  await models.imports.updateMany({ orgId }, { state: 'failed' });
  for (const { _id } of await models.imports.find({ orgId }, { _id: 1 }).lean()) {
    await deleteImportFile(models, _id);
    await deleteRefusals(models, _id);
  }
  await models.imports.deleteMany({ orgId });
  await models.importMappings.deleteMany({ orgId });
}
