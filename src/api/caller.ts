import type { Scope } from '../models/keys/keySchema.ts';
import { Problem } from './http/problem.ts';

/** The id of every key from the environment. */
export const BOOTSTRAP_ID = 'bootstrap';

/** The key or the person that a request is authenticated as. */
export interface Caller {
  /** id of the key (`BOOTSTRAP_ID` for one from the environment) or of the person */
  id: string;
  /** present for a person who is signed in */
  kind?: 'person';
  scope: Scope;
  /** the one org that the caller may see; null: every org */
  orgId: string | null;
  /** origins that a browser's key may be sent from, also with a wildcard */
  origins?: ReadonlySet<string>;
  /** epoch ms at which the key expires */
  expiresAt?: number;
}

/**
 * The org that a request is limited to: the caller's own, or else the one it names.
 *
 * @throws Problem 403 if the request names an org that the caller may not see
 */
export function restrictToOrg(caller: Caller, orgId: string | undefined): string | undefined {
  if (caller.orgId === null) return orgId;
  if (orgId !== undefined && orgId !== caller.orgId)
    throw new Problem(403, 'This key is bound to another org than the one requested.');
  return caller.orgId;
}

/** The level that settings and taxonomies are read or edited at: an org, or null for the deployment. */
export const orgOrDeployment = (caller: Caller, { orgId }: { orgId?: string | undefined }): string | null =>
  restrictToOrg(caller, orgId) ?? null;
