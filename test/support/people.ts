import { createPasswords } from '../../src/api/signIn/passwords.ts';
import type { Models } from '../../src/models/database.ts';
import { inTransaction } from '../../src/models/mongodb/inTransaction.ts';
import { createPerson } from '../../src/models/people/people.ts';
import type { PersonDocument, RoleIn } from '../../src/models/people/personSchema.ts';

export const PASSWORD = 'correct horse battery';

export async function addPerson(models: Models, email: string, roles: RoleIn[]): Promise<PersonDocument> {
  const passwordHash = await createPasswords().hash(PASSWORD);
  return inTransaction(models, (session) => createPerson(models, { email, name: 'Ada', passwordHash, roles }, session));
}
