import type { Actor } from '../models/audit/auditSchema.ts';
import type { Models } from '../models/database.ts';
import { createAccessKey, listAccessKeys } from '../models/keys/keys.ts';
import { printFirstLink } from './peopleCommands.ts';

export interface GreetingOptions {
  apiUrl: string;
  /** where people reach the API */
  publicUrl: string;
  /** whether keys are given by settings, so that none are made */
  hasKeys: boolean;
  refreshKeys(): Promise<void>;
  print(line: string): void;
}

const FIRST_SCOPES = ['ingest', 'read', 'admin'] as const;

/**
 * What a start shows: how the first person signs in, and in a new database the first keys, this once, with calls that work.
 * After a failure it can be called again, and goes on where it was: keys that were made by then are shown nowhere else.
 */
export function createGreeting(options: GreetingOptions): (models: Models) => Promise<void> {
  const { apiUrl, publicUrl, hasKeys, refreshKeys, print } = options;
  const by: Actor = { kind: 'service', id: '', from: null };
  const made = new Map<string, string>();
  let isLinkShown = false;
  /** Whether keys are being made here, so that one which is there already may be of a try whose outcome is not known. */
  let isMaking = false;
  return async (models) => {
    if (!isLinkShown) await printFirstLink(models, publicUrl, print);
    isLinkShown = true;
    if (hasKeys || (!isMaking && (await listAccessKeys(models, { limit: 1 })).length > 0)) return;
    isMaking = true;
    for (const scope of FIRST_SCOPES)
      if (!made.has(scope))
        made.set(scope, (await createAccessKey(models, { scope, name: 'first start' }, by)).key);
    await refreshKeys();
    print('\nKeys, shown this once; more with "npm start -- keys create":');
    for (const [scope, key] of made) print(`  ${scope.padEnd(7)} ${key}`);
    print(`\nTry it:
  curl -s ${apiUrl}/v1/feedback -H 'Authorization: Bearer ${made.get('ingest')}' -H 'Content-Type: application/json' \\
    -d '{"orgId":"acme","overallRating":4,"improvements":"Great coach, but the calendar sync is slow."}'
  curl -s ${apiUrl}/v1/orgs/acme/summary -H 'Authorization: Bearer ${made.get('read')}'\n`);
  };
}
