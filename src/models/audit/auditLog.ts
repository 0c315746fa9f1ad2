import { v7 as uuidv7 } from 'uuid';
import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { pageOf } from '../mongodb/keysetPage.ts';
import { timeRange } from '../mongodb/timeRange.ts';
import { type Actor, AUDIT_ACTIONS, type AuditEntryDocument } from './auditSchema.ts';

export interface AuditEvent {
  actor: Actor;
  action: string;
  target?: string | undefined;
  orgId?: string | null | undefined;
  details?: AuditEntryDocument['details'] | undefined;
}

/** Appends to the audit log. Pass the transaction of the change, so that both are stored or neither. */
export async function recordAuditEvent(
  models: Pick<Models, 'auditLog'>,
  { actor, action, target = '', orgId = null, details = {} }: AuditEvent,
  transaction?: Transaction,
): Promise<void> {
  const entry: AuditEntryDocument = { _id: uuidv7(), at: new Date(), actor, action, target, orgId, details };
  await models.auditLog.create([entry], transaction ? { session: transaction } : {});
}

/** An event that a signed-in person causes on their own account. `from`: client address. */
export const ownEvent = (id: string, from: string, action: string, details?: AuditEvent['details']): AuditEvent => ({
  actor: { kind: 'person', id, from },
  action,
  target: id,
  details,
});

export const COMMAND_LINE: Actor = { kind: 'command line', id: '', from: null };

export interface AuditFilter {
  /** only entries of this org */
  orgId?: string | undefined;
  action?: string | undefined;
  /** inclusive */
  from?: Date | undefined;
  /** exclusive */
  before?: Date | undefined;
}

const TIMEOUT_MS = 10_000;

/** One page of the log, newest first. `after` is the last id of the previous page. */
export async function listAuditEvents(
  models: Models,
  filter: AuditFilter,
  page: { limit: number; after?: string | undefined },
): Promise<{ items: AuditEntryDocument[]; next: string | null }> {
  const entries = await models.auditLog
    .find({ ...match(filter), ...(page.after !== undefined && { _id: { $lt: page.after } }) })
    .sort({ _id: -1 })
    .limit(page.limit + 1)
    .maxTimeMS(TIMEOUT_MS)
    .lean<AuditEntryDocument[]>();
  return pageOf(entries, page.limit, ({ _id }) => _id);
}

/** Whether an action is recorded now, or was recorded by a former version. `orgId`: only in entries of this org. */
export async function isAuditAction(models: Models, { action, orgId }: AuditFilter): Promise<boolean> {
  if ((AUDIT_ACTIONS as readonly (string | undefined)[]).includes(action)) return true;
  const filter = match({ action, orgId });
  return (await models.auditLog.find(filter).limit(1).maxTimeMS(TIMEOUT_MS).lean()).length > 0;
}

/** All entries that match, oldest first, streamed in batches. */
export function streamAuditEvents(models: Models, filter: AuditFilter): AsyncIterable<AuditEntryDocument> {
  return models.auditLog
    .find(match(filter))
    .sort({ _id: 1 })
    .lean<AuditEntryDocument[]>()
    .cursor({ batchSize: 500 }) as AsyncIterable<AuditEntryDocument>;
}

function match({ orgId, action, from, before }: AuditFilter): Record<string, unknown> {
  const at = timeRange({ from, before });
  return {
    ...(orgId !== undefined && { orgId }),
    ...(action !== undefined && { action }),
    ...(at && { at }),
  };
}

/** An entry as the API and the export show it. */
export function presentAuditEvent({ _id: id, ...entry }: AuditEntryDocument) {
  return { id, ...entry };
}
