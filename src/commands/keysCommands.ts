import type { Command } from 'commander';
import { isOrigin, KEY_NAME, SCOPES, type Scope } from '../models/keys/keySchema.ts';
import {
  createAccessKey,
  isValid,
  listAccessKeys,
  revokeAccessKey,
  rotateAccessKey,
} from '../models/keys/keys.ts';
import type { CommandContext } from './commandContext.ts';

const UNITS_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_OVERLAP_MS = 90 * 86_400_000;

/** `keys create|list|rotate|revoke`. */
export function addKeysCommands(program: Command, { withModels, print }: CommandContext): void {
  const keys = program.command('keys').description('API keys: see docs/access.md');
  keys
    .command('create')
    .description('make a key and show it, this once')
    .option('--scope <scope>', `one of ${SCOPES.join(', ')}`)
    .option('--org <orgId>', 'bind it to one org')
    .option('--name <name>', 'what it is for', '')
    .option('--expires <when>', 'how long it is valid, such as 90d; or an ISO 8601 instant')
    .option('--browser', 'a key that a browser may hold, to send with and nothing else; needs --origin')
    .option('--origin <origin>', 'where such a key may be sent from; may be given several times', add, [])
    .action(async ({ scope, org, name, expires, browser, origin }) => {
      const origins: string[] = origin;
      const given: Scope | undefined = scope ?? (browser ? 'ingest' : undefined);
      if (!given || !SCOPES.includes(given))
        return program.error(`--scope must be one of ${SCOPES.join(', ')}`);
      if (browser && given !== 'ingest') program.error('a key for browsers has the scope ingest');
      if (Boolean(browser) !== origins.length > 0) program.error('--browser and --origin go together');
      const wrong = origins.find((text) => !isOrigin(text));
      if (wrong !== undefined) program.error(`--origin must be such as https://app.example, not "${wrong}"`);
      if (!KEY_NAME.test(name)) program.error('--name must be one line of up to 200 visible characters');
      const expiresAt = expires === undefined ? null : endOf(expires, new Date());
      if (expiresAt !== null && !(expiresAt.getTime() > Date.now()))
        program.error('--expires must be a time such as 90d or 12h, or an instant in the future');
      const wanted = { scope: given, orgId: org, name, expiresAt, origins };
      const { id, key } = await withModels((models) => createAccessKey(models, wanted));
      print(`${id}  ${key}`);
    });
  keys
    .command('list')
    .description('show every key by its id, the latest last')
    .action(async () => {
      for (const stored of (await withModels((models) => listAccessKeys(models))).reverse()) {
        const { _id, scope, orgId, name, createdAt, revokedAt, expiresAt, origins, lastUsedAt, replaces } =
          stored;
        const state = revokedAt ? 'revoked' : isValid(stored, new Date()) ? 'valid' : 'expired';
        print(
          [
            _id,
            origins.length > 0 ? 'browser' : scope,
            orgId ?? 'every org',
            createdAt.toISOString(),
            expiresAt
              ? `${state} until ${expiresAt.toISOString()}`.replace('expired until', 'expired')
              : state,
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
    .description('make the key that follows one, and show it, this once')
    .option('--overlap <time>', 'how long the one before stays valid, such as 24h or 30m', '24h')
    .action(async (id: string, { overlap }) => {
      const overlapMs = lengthOf(overlap);
      if (overlapMs === undefined || overlapMs > MAX_OVERLAP_MS)
        return program.error('--overlap must be a time such as 24h or 30m, and 90d at most');
      const made = await withModels((models) => rotateAccessKey(models, { id, overlapMs }));
      if (!made) return program.error(`there is no key ${id}`);
      print(`${made.stored._id}  ${made.key}`);
    });
  keys
    .command('revoke <id>')
    .description('end a key')
    .action(async (id: string) => {
      const found = await withModels((models) => revokeAccessKey(models, { id }));
      if (!found || found.wasRevoked) program.error(`there is no valid key ${id}`);
      print(`revoked ${id}`);
    });
}

const add = (value: string, before: string[]) => [...before, value];

/** Milliseconds of such as `90d`, `24h` or `30m`; undefined where it is none. */
function lengthOf(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS_MS[unit]!;
}

/** An invalid date where it is no time. */
function endOf(text: string, now: Date): Date {
  const length = lengthOf(text);
  return new Date(length === undefined ? text : now.getTime() + length);
}
