import type { Command } from 'commander';
import { DAY_MS } from '../aggregates/days.ts';
import { KEY_NAME, SCOPES, type Scope } from '../models/keys/keySchema.ts';
import { createAccessKey, isValid, listAccessKeys, revokeAccessKey, rotateAccessKey } from '../models/keys/keys.ts';
import { originProblem } from '../models/keys/origins.ts';
import type { CommandContext } from './commandContext.ts';
import { readId } from './readId.ts';

const UNITS_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: DAY_MS };
const MAX_OVERLAP_MS = 90 * DAY_MS;

/** `keys create|list|rotate|revoke`. */
export function addKeysCommands(program: Command, { withModels, print }: CommandContext): void {
  const keys = program.command('keys').description('API keys: see docs/access.md');
  keys
    .command('create')
    .description('create a key and print it, only now')
    .option('--scope <scope>', `one of ${SCOPES.join(', ')}`)
    .option('--org <orgId>', 'bind it to one org', readId)
    .option('--name <name>', 'a note for people', '')
    .option('--expires <when>', 'lifetime such as 90d, or an ISO 8601 instant')
    .option('--browser', 'create a browser key, which only sends feedback; needs --origin')
    .option('--origin <origin>', 'origin that a browser key may be used from; repeatable', add, [])
    .action(async ({ scope, org, name, expires, browser, origin }) => {
      const origins: string[] = origin;
      const keyScope: Scope | undefined = scope ?? (browser ? 'ingest' : undefined);
      if (!keyScope || !SCOPES.includes(keyScope)) return program.error(`--scope must be one of ${SCOPES.join(', ')}`);
      if (browser && keyScope !== 'ingest') program.error('a browser key has the scope ingest');
      if (Boolean(browser) !== origins.length > 0) program.error('--browser and --origin go together');
      for (const text of origins) {
        const problem = originProblem(text);
        if (problem !== undefined) program.error(`--origin ${problem}; not "${text}"`);
      }
      if (!KEY_NAME.test(name)) program.error('--name must be one line of up to 200 visible characters');
      const expiresAt = expires === undefined ? null : expiryOf(expires, new Date());
      if (expiresAt !== null && !(expiresAt.getTime() > Date.now()))
        program.error('--expires must be a lifetime such as 90d or 12h, or an instant in the future');
      const input = { scope: keyScope, orgId: org, name, expiresAt, origins };
      const { id, key } = await withModels((models) => createAccessKey(models, input));
      print(`${id}  ${key}`);
    });
  keys
    .command('list')
    .description('list all keys, newest last')
    .action(async () => {
      for (const stored of (await withModels((models) => listAccessKeys(models))).reverse()) {
        const { _id, scope, orgId, name, createdAt, revokedAt, expiresAt, origins, lastUsedAt, replaces } = stored;
        const state = revokedAt ? 'revoked' : isValid(stored, new Date()) ? 'valid' : 'expired';
        print(
          [
            _id,
            origins.length > 0 ? 'browser' : scope,
            orgId ?? 'every org',
            createdAt.toISOString(),
            expiresAt ? `${state} until ${expiresAt.toISOString()}`.replace('expired until', 'expired') : state,
            lastUsedAt ? `used ${lastUsedAt.toISOString()}` : 'not used',
            ...(replaces ? [`replaces ${replaces}`] : []),
            ...origins,
            name,
          ].join('  '),
        );
      }
    });
  keys
    .command('rotate <id>')
    .description('replace a key by a new one, and print the new one, only now')
    .option('--overlap <time>', 'time for which the old key stays valid, such as 24h or 30m', '24h')
    .action(async (id: string, { overlap }) => {
      const overlapMs = durationMs(overlap);
      if (overlapMs === undefined || overlapMs > MAX_OVERLAP_MS)
        return program.error('--overlap must be a duration such as 24h or 30m, and 90d at most');
      const made = await withModels((models) => rotateAccessKey(models, { id, overlapMs }));
      if (!made) return program.error(`there is no key ${id}`);
      print(`${made.stored._id}  ${made.key}`);
    });
  keys
    .command('revoke <id>')
    .description('revoke a key')
    .action(async (id: string) => {
      const found = await withModels((models) => revokeAccessKey(models, { id }));
      if (!found || found.wasRevoked) program.error(`there is no valid key ${id}`);
      print(`revoked ${id}`);
    });
}

const add = (value: string, before: string[]) => [...before, value];

/** A duration such as `90d`, `24h` or `30m` in ms; undefined if it is not one. */
function durationMs(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS_MS[unit]!;
}

/** A duration from now, or an instant; an invalid date if it is neither. */
function expiryOf(text: string, now: Date): Date {
  const duration = durationMs(text);
  return new Date(duration === undefined ? text : now.getTime() + duration);
}
