import type { Actor } from '../models/audit/auditSchema.ts';
import type { Models } from '../models/database.ts';
import { createAccessKey, listAccessKeys } from '../models/keys/keys.ts';
import { printFirstLink } from './peopleCommands.ts';

interface GreetingOptions {
  apiUrl: string;
  /** origin of links for browsers */
  publicUrl: string;
  /** whether the settings hold bootstrap keys, so that none are created */
  hasKeys: boolean;
  refreshKeys(): Promise<void>;
  print(line: string): void;
}

const FIRST_SCOPES = ['ingest', 'read', 'admin'] as const;

/**
 * Creates the function that greets after a start. It prints a sign-in link for the first admin and, in a new database,
 * the first keys with example calls. After an error it can be called again: it keeps the keys that it has created,
 * because they are shown only once.
 */
export function createGreeting(options: GreetingOptions): (models: Models) => Promise<void> {
  const { apiUrl, publicUrl, hasKeys, refreshKeys, print } = options;
  const by: Actor = { kind: 'service', id: '', from: null };
  const createdKeys = new Map<string, string>();
  let isLinkShown = false;
  /** Whether a call has begun to create keys. A stored key may then come from a write whose response was lost. */
  let isCreating = false;
  return async (models) => {
    if (!isLinkShown) await printFirstLink(models, publicUrl, print);
    isLinkShown = true;
    if (hasKeys || (!isCreating && (await listAccessKeys(models, { limit: 1 })).length > 0)) return;
    isCreating = true;
    for (const scope of FIRST_SCOPES)
      if (!createdKeys.has(scope))
        createdKeys.set(scope, (await createAccessKey(models, { scope, name: 'first start' }, by)).key);
    await refreshKeys();
    print('\nKeys, shown only now (create more with "npm start -- keys create"):');
    for (const [scope, key] of createdKeys) print(`  ${scope.padEnd(7)} ${key}`);
    print(`\nTry it:
  curl -s ${apiUrl}/v1/feedback -H 'Authorization: Bearer ${createdKeys.get('ingest')}' -H 'Content-Type: application/json' \\
    -d '{"orgId":"acme","overallRating":4,"improvements":"Great coach, but the calendar sync is slow."}'
  curl -s ${apiUrl}/v1/orgs/acme/summary -H 'Authorization: Bearer ${createdKeys.get('read')}'\n`);
  };
}
