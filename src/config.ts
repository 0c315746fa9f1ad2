import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { parseNetworks } from './networks.ts';

const port = (value: number) =>
  z.coerce.number({ error: 'must be a port' }).int().min(0).max(65_535).default(value);
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
const key = z
  .string()
  .regex(/^[\x21-\x7e]{20,200}$/, { error: 'must be 20 to 200 visible characters' })
  .optional();

/** An origin and nothing after it: what cookies, links and the check of where a request comes from go by. */
const origin = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .refine((url) => URL.canParse(url) && new URL(url).href === `${new URL(url).origin}/`, {
    error: 'must be a scheme, a host and maybe a port: no path, no user',
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
  BOOTSTRAP_INGEST_KEY: key,
  BOOTSTRAP_READ_KEY: key,
  BOOTSTRAP_ADMIN_KEY: key,
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
  OIDC_DEFAULT_ROLE: z
    .enum(['viewer', 'responder'], { error: 'must be viewer or responder, or left out' })
    .optional(),
  PSEUDONYM_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{32,200}$/, { error: 'must be 32 to 200 visible characters' })
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Config = Readonly<ReturnType<typeof withOverflow>>;

/** Of the backlog: what is beyond the orgs' shares may fill this much, where it is not set. */
const OVERFLOW = 0.75;

/** Settings that are wrong, all of them. */
export class WrongSettings extends Error {
  override name = 'WrongSettings';
}

/** Reads the settings. An empty variable counts as not set. Throws WrongSettings, which names each that is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(set);
  const issues = parsed.error?.issues ?? [];
  const lines = [
    ...issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`),
    ...wrongOidcOf(set).map((wrong) => `  ${wrong}`),
  ];
  if (parsed.success && lines.length === 0) return Object.freeze(withOverflow(parsed.data));
  throw new WrongSettings(`These settings are wrong:\n${lines.join('\n')}`);
}

function withOverflow(settings: z.infer<typeof environmentSchema>) {
  const { BACKLOG_LIMIT_MB: backlog, OVERFLOW_LIMIT_MB: overflow = OVERFLOW * backlog } = settings;
  // Above the limit for everything it is none.
  return { ...settings, OVERFLOW_LIMIT_MB: Math.min(overflow, backlog) };
}

/** What the settings of the OpenID provider lack together. */
function wrongOidcOf(set: Partial<Record<string, string>>): string[] {
  const { OIDC_ISSUER: issuer } = set;
  if (issuer === undefined) return [];
  const missing = ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'].filter((name) => set[name] === undefined);
  const isPlain =
    issuer.startsWith('http:') && !/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${issuer}/`);
  return [
    ...missing.map((name) => `${name}: is needed with OIDC_ISSUER`),
    ...(isPlain ? ['OIDC_ISSUER: must be https, but on loopback'] : []),
  ];
}
