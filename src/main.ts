import { Command } from 'commander';
import { pino } from 'pino';
import { publicUrlOf } from './api/http/publicUrl.ts';
import { createPseudonyms } from './api/ingest/pseudonyms.ts';
import { addAuditCommands } from './commands/auditCommands.ts';
import { createGreeting } from './commands/createGreeting.ts';
import { addErasureCommands } from './commands/erasureCommands.ts';
import { addExportCommand } from './commands/erasureExportCommand.ts';
import { escapeForTerminal, inOneLine } from './commands/escapeForTerminal.ts';
import { addKeysCommands } from './commands/keysCommands.ts';
import { addPeopleCommands } from './commands/peopleCommands.ts';
import { addReanalyseCommand } from './commands/reanalysisCommands.ts';
import { addRetentionCommands } from './commands/retentionCommands.ts';
import { addSettingsCommands } from './commands/settingsCommands.ts';
import { addTaxonomyCommands } from './commands/taxonomyCommands.ts';
import { type Config, readConfig } from './config.ts';
import { serializeError } from './metrics/serializeError.ts';
import { mismatches, verifyAggregates } from './models/aggregates/verifyAggregates.ts';
import { COMMAND_LINE, recordAuditEvent } from './models/audit/auditLog.ts';
import { closeDatabase, type Models, openDatabase, PATIENT_HEARTBEAT_MS } from './models/database.ts';
import { connectPatiently } from './queues/connect.ts';
import type { DeadLetterQueue } from './queues/deadLetterQueue.ts';
import type { ReanalysisQueue } from './queues/reanalysisQueue.ts';
import type { RetentionQueue } from './queues/retentionQueue.ts';
import { retryUntilDone } from './service/retryUntilDone.ts';
import { redisWarnings, requireTransactions } from './stores/checkExternalStores.ts';
import { openStores } from './stores/openStores.ts';

// The service and the queues are loaded by those commands that need them: all others would take half as long again.

const write = (piece: string) => new Promise<void>((resolve) => process.stdout.write(piece, () => resolve()));
const print = (line: string) => process.stdout.write(`${escapeForTerminal(line)}\n`);

function storesOptions(config: Config) {
  return {
    ...(config.REDIS_URL !== undefined && { redisUrl: config.REDIS_URL }),
    ...(config.MONGODB_URI !== undefined && { mongodbUri: config.MONGODB_URI }),
    dataDir: config.DATA_DIR,
    cacheDir: config.CACHE_DIR,
  };
}

async function run(roles: { api: boolean; worker: boolean }): Promise<void> {
  const config = readConfig(process.env);
  const log = pino(
    { level: config.LOG_LEVEL, serializers: { err: serializeError } },
    pino.destination({ fd: 2 }),
  );
  const both = roles.api && roles.worker;
  if (config.MONGODB_URI !== undefined) await requireTransactions(config.MONGODB_URI);
  const warnings =
    config.REDIS_URL === undefined ? [] : await redisWarnings(config.REDIS_URL, config.BACKLOG_LIMIT_MB);
  const { startService } = await import('./service/startService.ts');
  const stores = await openStores({ ...storesOptions(config), join: !both, report: print });
  const service = await startService({ config, stores, roles, log }).catch(async (error) => {
    await stores.stop();
    throw error;
  });

  // Before anything is printed: whoever reads that it runs may end it.
  let stopping = false;
  let endGreeting: () => unknown = () => {};
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(130);
    stopping = true;
    print(`${signal}: finishing what is under way; once more ends at once`);
    endGreeting();
    await service.stop();
    await stores.stop();
    print('Stopped');
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  print(`Redis    ${stores.redisUrl}${stores.embedded.redis ? ' (started for you)' : ''}`);
  print(`MongoDB  ${stores.mongodbUri}${stores.embedded.mongodb ? ' (started for you)' : ''}`);
  if (stores.embedded.redis || stores.embedded.mongodb) print(`Data     ${config.DATA_DIR}`);
  for (const warning of warnings) print(`Warning  ${warning}`);
  print(`Metrics  ${service.metricsUrl}/metrics`);
  if (service.apiUrl) print(`API      ${service.apiUrl}`);
  if (!service.apiUrl) return;
  const greeting = createGreeting({
    apiUrl: service.apiUrl,
    publicUrl: publicUrlOf(config.PUBLIC_URL, service.apiUrl),
    hasKeys: [config.BOOTSTRAP_INGEST_KEY, config.BOOTSTRAP_READ_KEY, config.BOOTSTRAP_ADMIN_KEY].some(
      (key) => key !== undefined,
    ),
    refreshKeys: service.refreshKeys,
    print,
  });
  // It serves by now, so a store that goes away is no reason to end.
  const greet = () =>
    withDatabase(stores.mongodbUri, greeting).catch((error) => {
      if (!stopping) log.warn({ err: error }, 'the first link and keys cannot be shown yet');
      throw error;
    });
  await retryUntilDone(greet, (end) => {
    endGreeting = end;
  });
}

async function withDatabase<T>(
  uri: string,
  work: (models: Models) => Promise<T>,
  heartbeatTimeoutMs?: number,
): Promise<T> {
  const models = openDatabase({ uri, appName: 'feedback-tracker-command', poolSize: 2, heartbeatTimeoutMs });
  try {
    await models.connection.asPromise();
    return await work(models);
  } finally {
    await closeDatabase(models);
  }
}

async function withStores<T>(
  work: (stores: { redisUrl: string; mongodbUri: string }, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig(process.env);
  const stores = await openStores({
    ...storesOptions(config),
    join: true,
    report: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    return await work(stores, config);
  } finally {
    await stores.stop();
  }
}

const withModels = <T>(work: (models: Models) => Promise<T>) =>
  withStores(({ mongodbUri }) => withDatabase(mongodbUri, work));

const withDeadLetters = (work: (letters: DeadLetterQueue, mongodbUri: string) => Promise<unknown>) =>
  withStores(async ({ redisUrl, mongodbUri }, config) => {
    const connection = connectPatiently(redisUrl, () => {});
    const { createIngestQueue } = await import('./queues/ingestQueue.ts');
    const { createDeadLetterQueue } = await import('./queues/deadLetterQueue.ts');
    const ingest = createIngestQueue({ connection, prefix: config.QUEUE_PREFIX });
    const letters = createDeadLetterQueue({ connection, prefix: config.QUEUE_PREFIX, ingest });
    try {
      await work(letters, mongodbUri);
    } finally {
      await letters.close();
      await ingest.close();
      connection.disconnect();
    }
  });

const withReanalyses = <T>(work: (reanalyses: ReanalysisQueue, models: Models) => Promise<T>) =>
  withStores(async ({ redisUrl, mongodbUri }, config) => {
    const connection = connectPatiently(redisUrl, () => {});
    const { createReanalysisQueue } = await import('./queues/reanalysisQueue.ts');
    const reanalyses = createReanalysisQueue({ connection, prefix: config.QUEUE_PREFIX });
    try {
      await reanalyses.queue.waitUntilReady();
      return await withDatabase(mongodbUri, (models) => work(reanalyses, models));
    } finally {
      await reanalyses.close();
      connection.disconnect();
    }
  });

const requestErasure = (erasureId: string) =>
  withStores(async ({ redisUrl }, config) => {
    const connection = connectPatiently(redisUrl, () => {});
    const { createErasureQueue } = await import('./queues/erasureQueue.ts');
    const erasures = createErasureQueue({ connection, prefix: config.QUEUE_PREFIX });
    try {
      await erasures.request(erasureId);
    } finally {
      await erasures.close();
      connection.disconnect();
    }
  });

const withRetention = <T>(work: (runs: RetentionQueue) => Promise<T>) =>
  withStores(async ({ redisUrl }, config) => {
    const connection = connectPatiently(redisUrl, () => {});
    const { createRetentionQueue } = await import('./queues/retentionQueue.ts');
    const runs = createRetentionQueue({ connection, prefix: config.QUEUE_PREFIX });
    try {
      await runs.queue.waitUntilReady();
      return await work(runs);
    } finally {
      await runs.close();
      connection.disconnect();
    }
  });

const program = new Command('npm start --')
  .description(
    'Takes in product feedback at high volume and tells a team what to improve. Settings: see the README.',
  )
  .showHelpAfterError();
program
  .command('all', { isDefault: true })
  .description(
    'the API and a worker in one process, on stores that are given or started for you (the default)',
  )
  .action(() => run({ api: true, worker: true }));
program
  .command('api')
  .description('the API alone')
  .action(() => run({ api: true, worker: false }));
program
  .command('worker')
  .description('a worker alone')
  .action(() => run({ api: false, worker: true }));
program
  .command('verify')
  .description('add every aggregate up again from the feedback itself, and name those that differ')
  .action(async () => {
    const audit = await withStores(({ mongodbUri }) =>
      withDatabase(mongodbUri, verifyAggregates, PATIENT_HEARTBEAT_MS),
    );
    const differences = mismatches(audit);
    for (const path of differences) print(`differs  ${path}`);
    print(
      `${audit.feedback} feedback, ${audit.recomputed.length} aggregates, ${differences.length} differences`,
    );
    process.exitCode = differences.length > 0 ? 1 : 0;
  });

addKeysCommands(program, withModels, print);
addAuditCommands(program, withModels, process.stdout);
const deadLetter = program.command('dead-letter').description('records that could not be stored');
deadLetter
  .command('list')
  .description('the oldest of them, with reasons')
  .option('--limit <n>', 'how many', '100')
  .action(({ limit }) =>
    withDeadLetters(async (letters) => {
      const shown = await letters.list({ skip: 0, limit: Number(limit) });
      for (const { id, at, reason } of shown) print(`${id}  ${at.toISOString()}  ${inOneLine(reason)}`);
      print(`${shown.length} of ${await letters.count()}`);
    }),
  );
deadLetter
  .command('show <id>')
  .description('one of them, with its content')
  .action((id: string) =>
    withDeadLetters(async (letters) =>
      print(JSON.stringify((await letters.find(id)) ?? program.error(`there is no ${id}`), null, 2)),
    ),
  );
for (const [name, description] of [
  ['replay', 'put it into the queue again'],
  ['discard', 'forget it'],
] as const)
  deadLetter
    .command(`${name} <id>`)
    .description(description)
    .action((id: string) =>
      withDeadLetters(async (letters, mongodbUri) => {
        const act = { actor: COMMAND_LINE, action: `dead-letter.${name}`, target: id };
        if (!(await letters.find(id))) program.error(`there is no ${id}`);
        await withDatabase(mongodbUri, (models) => recordAuditEvent(models, act));
        if (!(await letters[name](id))) program.error(`there is no ${id}`);
        print(`${name === 'replay' ? 'replayed' : 'discarded'} ${id}`);
      }),
    );

addTaxonomyCommands(program, withModels, print);
addSettingsCommands(program, withModels, print);
addRetentionCommands(program, withModels, withRetention, print);
addReanalyseCommand(program, withReanalyses, print);
addPeopleCommands(program, {
  withModels,
  print,
  publicUrl() {
    const { PUBLIC_URL, PORT } = readConfig(process.env);
    return publicUrlOf(PUBLIC_URL, `http://127.0.0.1:${PORT}`);
  },
});
const pseudonym = (userId: string) => createPseudonyms(readConfig(process.env).PSEUDONYM_KEY)(userId);
addErasureCommands(program, withModels, requestErasure, pseudonym, print);
addExportCommand(program, withModels, pseudonym, write);

program.parseAsync().catch((error) => {
  process.stderr.write(`${escapeForTerminal(error instanceof Error ? error.message : String(error))}\n`);
  process.exit(1);
});
