import { v7 as uuidv7 } from 'uuid';
import type { Actor, AuditEntryDocument } from './auditEntry.ts';
import type { Models } from './database.ts';
import type { Session } from './inTransaction.ts';

export interface Act {
  actor: Actor;
  action: string;
  target?: string | undefined;
  orgId?: string | null | undefined;
  details?: AuditEntryDocument['details'] | undefined;
}

/** Writes down what is done, in the transaction that does it where there is one. */
export async function recordAct(
  models: Pick<Models, 'auditLog'>,
  { actor, action, target = '', orgId = null, details = {} }: Act,
  session?: Session,
): Promise<void> {
  const entry: AuditEntryDocument = { _id: uuidv7(), at: new Date(), actor, action, target, orgId, details };
  await models.auditLog.create([entry], session ? { session } : {});
}

export const COMMAND_LINE: Actor = { kind: 'command line', id: '', from: null };
