import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { DEFAULT_EARLIEST_MS } from './ingest/createdAt.ts';
import { readInstant } from './ingest/readInstant.ts';
import { parseNetworks } from './networks.ts';

const port = (value: number) => z.coerce.number({ error: 'must be a port' }).int().min(0).max(65_535).default(value);
const between = (min: number, max: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${min} to ${max}` })
    .int()
    .min(min)
    .max(max);
const whole = (value: number, min: number, max: number) => between(min, max).default(value);
const MEGABYTES = [1, 1_048_576] as const;
const networks = z
  .string()
  .default('private')
  .transform((text, context) => {
    try {
      return parseNetworks(text);
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  });
/** A day or an instant from 1970 on, in epoch ms. */
const pastTime = z.string().transform((text, context) => {
  const time = readInstant(text);
  if (time !== undefined && time >= 0 && time <= Date.now()) return time;
  context.addIssue('must be a UTC day such as 2000-01-01, or an ISO 8601 instant; from 1970 on, and not ahead');
  return z.NEVER;
});
const secret = (pattern: RegExp, min: number) =>
  z
    .string()
    .regex(pattern, { error: `must be ${min} to 200 visible characters` })
    .optional();

/** An origin with nothing after it, for cookies, links and the CSRF check. */
const origin = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .refine((url) => URL.canParse(url) && new URL(url).href === `${new URL(url).origin}/`, {
    error: 'must be an origin such as https://feedback.example: no path, no user',
  })
  .transform((url) => new URL(url).origin);

const environmentSchema = z.object({
  PORT: port(3000),
  METRICS_PORT: port(9464),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('./data'),
  CACHE_DIR: z.string().min(1).default('./.cache/stores'),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }).optional(),
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, { error: 'must be a mongodb:// or mongodb+srv:// URI' })
    .optional(),
  BOOTSTRAP_INGEST_KEY: secret(/^[\x21-\x7e]{20,200}$/, 20),
  BOOTSTRAP_READ_KEY: secret(/^[\x21-\x7e]{20,200}$/, 20),
  BOOTSTRAP_ADMIN_KEY: secret(/^[\x21-\x7e]{20,200}$/, 20),
  TRUSTED_PROXIES: networks,
  AUTH_FAILURES_PER_MINUTE: whole(30, 1, 1_000_000),
  KEY_READS_PER_MINUTE: whole(30_000, 0, 1e9),
  ORG_READS_PER_MINUTE: whole(60_000, 0, 1e9),
  KEY_POSTS_PER_MINUTE: whole(0, 0, 1e9),
  ORG_POSTS_PER_MINUTE: whole(0, 0, 1e9),
  KEY_RECORDS_PER_MINUTE: whole(0, 0, 1e9),
  ORG_RECORDS_PER_MINUTE: whole(0, 0, 1e9),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, _ or -' })
    .default('feedback'),
  BACKLOG_LIMIT_MB: whole(2048, ...MEGABYTES),
  OVERFLOW_LIMIT_MB: between(...MEGABYTES).optional(),
  EARLIEST_CREATED_AT: pastTime.default(DEFAULT_EARLIEST_MS),
  IMPORT_LIMIT_MB: whole(256, 1, 65_536),
  ORG_SHARE_PER_SECOND: whole(200, 1, 1_000_000),
  EGRESS_ALLOWLIST: z
    .string()
    .transform((text) => text.split(',').map((network) => network.trim()))
    .refine((networks) => networks.every(ipaddr.isValidCIDR), {
      error: 'must be networks, separated by commas, such as 10.1.0.0/16,fd00::/8',
    })
    .default([]),
  WORKER_TRANSACTIONS: whole(2, 1, 16),
  WORKER_BATCH_SIZE: whole(1000, 1, 5000),
  WORKER_PREFETCH: whole(64, 1, 1000),
  BACKGROUND_PERCENT: whole(20, 1, 100),
  PUBLIC_URL: origin.optional(),
  OIDC_ISSUER: z.url({ protocol: /^https?$/, error: 'must be the https:// URL of a provider' }).optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_DEFAULT_ROLE: z.enum(['viewer', 'responder'], { error: 'must be viewer or responder, or left out' }).optional(),
  PSEUDONYM_KEY: secret(/^[\x21-\x7e]{32,200}$/, 32),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Config = Readonly<ReturnType<typeof withOverflow>>;

/** Old names of settings. A start with one of them is refused, because ignoring it would change a limit unnoticed. */
const RENAMED: Readonly<Record<string, keyof Config>> = {
  WRONG_KEYS_PER_MINUTE: 'AUTH_FAILURES_PER_MINUTE',
  OUTGOING_ALLOW: 'EGRESS_ALLOWLIST',
  WORKER_SLOTS: 'WORKER_TRANSACTIONS',
  WORKER_BATCH: 'WORKER_BATCH_SIZE',
  WORKER_CONCURRENCY: 'WORKER_PREFETCH',
  REANALYSIS_PERCENT: 'BACKGROUND_PERCENT',
};

/** Default of OVERFLOW_LIMIT_MB, as a fraction of BACKLOG_LIMIT_MB. */
const OVERFLOW_FRACTION = 0.75;

/** Names every setting that is wrong, one per line. */
export class WrongSettings extends Error {
  override name = 'WrongSettings';
}

/**
 * Reads the settings. An empty variable counts as not set.
 *
 * @throws WrongSettings
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(set);
  const issues = parsed.error?.issues ?? [];
  const lines = [
    ...renamedIn(set),
    ...issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...oidcErrors(set),
  ];
  if (parsed.success && lines.length === 0) return Object.freeze(withOverflow(parsed.data));
  throw new WrongSettings(`These settings are wrong:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

function withOverflow(settings: z.infer<typeof environmentSchema>) {
  const { BACKLOG_LIMIT_MB: backlog, OVERFLOW_LIMIT_MB: overflow = OVERFLOW_FRACTION * backlog } = settings;
  // Above the limit for all feedback it would have no effect.
  return { ...settings, OVERFLOW_LIMIT_MB: Math.min(overflow, backlog) };
}

const renamedIn = (set: Partial<Record<string, string>>): string[] =>
  Object.entries(RENAMED).flatMap(([old, name]) => (set[old] === undefined ? [] : [`${old} is now ${name}`]));

/** Errors between the settings of the OpenID provider. */
function oidcErrors(set: Partial<Record<string, string>>): string[] {
  const { OIDC_ISSUER: issuer } = set;
  if (issuer === undefined) return [];
  const missing = ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'].filter((name) => set[name] === undefined);
  const isPlainHttp =
    issuer.startsWith('http:') && !/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${issuer}/`);
  return [
    ...missing.map((name) => `${name}: is required with OIDC_ISSUER`),
    ...(isPlainHttp ? ['OIDC_ISSUER: must be https unless it is on loopback'] : []),
  ];
}
