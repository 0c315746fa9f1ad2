import type { Command } from 'commander';
import { publicUrlOf } from '../api/http/publicUrl.ts';
import { readConfig } from '../config.ts';
import { createLog } from '../service/createLog.ts';
import { retryUntilDone } from '../service/retryUntilDone.ts';
import type { Service, ServiceOptions } from '../service/startService.ts';
import { redisWarnings, requireTransactions } from '../stores/checkExternalStores.ts';
import { openStores } from '../stores/openStores.ts';
import type { OpenStores } from '../stores/storesOptions.ts';
import type { CommandContext } from './commandContext.ts';
import { createGreeting } from './createGreeting.ts';
import { storesOptionsOf, withDatabase } from './withStores.ts';

type Print = CommandContext['print'];
type Roles = ServiceOptions['roles'];

const COMMANDS = [
  ['all', 'run the API and a worker in one process (the default)', { api: true, worker: true }],
  ['api', 'run the API alone', { api: true, worker: false }],
  ['worker', 'run a worker alone', { api: false, worker: true }],
] as const;

/** `all|api|worker`: runs the service until SIGINT or SIGTERM. */
export function addServiceCommands(program: Command, { print }: CommandContext): void {
  for (const [name, description, roles] of COMMANDS)
    program
      .command(name, { isDefault: name === 'all' })
      .description(description)
      .action(() => runService(roles, print));
}

async function runService(roles: Roles, print: Print): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.LOG_LEVEL);
  if (config.MONGODB_URI !== undefined) await requireTransactions(config.MONGODB_URI);
  const warnings = config.REDIS_URL === undefined ? [] : await redisWarnings(config.REDIS_URL, config.BACKLOG_LIMIT_MB);
  const { startService } = await import('../service/startService.ts');
  const join = !(roles.api && roles.worker);
  const stores = await openStores({ ...storesOptionsOf(config), join, report: print });
  const service = await startService({ config, stores, roles, log, hasIndexThread: true }).catch(async (error) => {
    await stores.stop();
    throw error;
  });

  // Handlers come before the first line: a reader of that line may send a signal at once.
  const lifetime = new AbortController();
  endOnSignal(service, stores, lifetime, print);
  void stores.crashed.then(async (reason) => {
    if (lifetime.signal.aborted) return;
    lifetime.abort();
    process.stderr.write(
      `${reason}\nThe service cannot run without it and ends. Start it again: accepted feedback is kept.\n`,
    );
    await stores.stop();
    process.exit(1);
  });

  print(`Redis    ${stores.redisUrl}${stores.embedded.redis ? ' (started for you)' : ''}`);
  print(`MongoDB  ${stores.mongodbUri}${stores.embedded.mongodb ? ' (started for you)' : ''}`);
  if (stores.embedded.redis || stores.embedded.mongodb) print(`Data     ${config.DATA_DIR}`);
  for (const warning of warnings) print(`Warning  ${warning}`);
  print(`Metrics  ${service.metricsUrl}/metrics`);
  if (!service.apiUrl) return;
  print(`API      ${service.apiUrl}`);
  const { apiUrl, refreshKeys } = service;
  const publicUrl = publicUrlOf(config.PUBLIC_URL, apiUrl);
  const hasKeys = Boolean(config.BOOTSTRAP_INGEST_KEY ?? config.BOOTSTRAP_READ_KEY ?? config.BOOTSTRAP_ADMIN_KEY);
  const greet = createGreeting({ apiUrl, publicUrl, hasKeys, refreshKeys, print });
  // The service is up already, so an outage of a store does not end it.
  await retryUntilDone(
    () =>
      withDatabase(stores.mongodbUri, greet).catch((error) => {
        if (!lifetime.signal.aborted) log.warn({ err: error }, 'the first link and keys cannot be shown yet');
        throw error;
      }),
    (stop) => lifetime.signal.addEventListener('abort', stop),
  );
}

/** Ends gracefully on the first SIGINT or SIGTERM, and at once on the second. */
function endOnSignal(service: Service, stores: OpenStores, lifetime: AbortController, print: Print): void {
  const end = async (signal: NodeJS.Signals) => {
    if (lifetime.signal.aborted) process.exit(130);
    lifetime.abort();
    print(`${signal}: finishing work in progress; send it again to end at once`);
    await service.stop();
    await stores.stop();
    print('Stopped');
    process.exit(0);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}
