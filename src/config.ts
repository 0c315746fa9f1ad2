import { z } from 'zod';

const port = (value: number) =>
  z.coerce.number({ error: 'must be a port' }).int().min(0).max(65_535).default(value);
const whole = (value: number, min: number, max: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${min} to ${max}` })
    .int()
    .min(min)
    .max(max)
    .default(value);
const key = z
  .string()
  .regex(/^[\x21-\x7e]{20,200}$/, { error: 'must be 20 to 200 visible characters' })
  .optional();

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
  QUEUE_PREFIX: z
    .string()
    .regex(/^[\w-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, _ or -' })
    .default('feedback'),
  BACKLOG_LIMIT_MB: whole(2048, 1, 1_048_576),
  ORG_SHARE_PER_SECOND: whole(200, 1, 1_000_000),
  WORKER_SLOTS: whole(2, 1, 16),
  WORKER_BATCH: whole(1000, 1, 5000),
  WORKER_CONCURRENCY: whole(64, 1, 1000),
  REANALYSIS_PERCENT: whole(20, 1, 100),
  PSEUDONYM_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{32,200}$/, { error: 'must be 32 to 200 visible characters' })
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Config = Readonly<z.infer<typeof environmentSchema>>;

/** Settings that are wrong, all of them. */
export class WrongSettings extends Error {
  override name = 'WrongSettings';
}

/** Reads the settings. An empty variable counts as not set. Throws WrongSettings, which names each that is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(set);
  if (parsed.success) return Object.freeze(parsed.data);
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new WrongSettings(`These settings are wrong:\n${lines.join('\n')}`);
}
