import { Presets, SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { closeDatabase, openDatabase } from '../../src/models/database.ts';
import { createAccessKey, revokeAccessKey } from '../../src/models/keys/keys.ts';
import { type Service, startService } from '../../src/service/startService.ts';
import { openStores } from '../../src/stores/openStores.ts';
import { generateDemo } from './generateDemo.ts';
import { loadDemo } from './load.ts';
import { waitForKey } from './waitForKey.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const DAY_MS = 86_400_000;

/** Loads the demo into the service that runs on this data folder, or into one started for the purpose. */
async function main(options: { count: string; until?: string }): Promise<void> {
  const config = readConfig(process.env);
  const count = Number(options.count);
  const until =
    options.until === undefined ? new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS) : new Date(options.until);
  const stores = await openStores({
    ...(config.REDIS_URL !== undefined && { redisUrl: config.REDIS_URL }),
    ...(config.MONGODB_URI !== undefined && { mongodbUri: config.MONGODB_URI }),
    dataDir: config.DATA_DIR,
    cacheDir: config.CACHE_DIR,
    join: true,
    report: print,
  });
  const host = config.HOST === '0.0.0.0' ? '127.0.0.1' : config.HOST;
  let baseUrl = `http://${host}:${config.PORT}`;
  let service: Service | undefined;
  const isUp = await fetch(`${baseUrl}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
  if (!isUp) {
    print('No service is up; starting one for the load');
    service = await startService({
      config,
      stores,
      roles: { api: true, worker: true },
      log: pino({ level: 'warn' }),
    });
    baseUrl = service.apiUrl ?? baseUrl;
  }
  const models = openDatabase({ uri: stores.mongodbUri, appName: 'feedback-tracker-demo', poolSize: 2 });
  await models.connection.asPromise();
  const made = [
    await createAccessKey(models, { scope: 'ingest', name: 'demo' }),
    await createAccessKey(models, { scope: 'read', name: 'demo' }),
  ] as const;
  const [ingestKey, readKey] = [made[0].key, made[1].key];
  try {
    await waitForKey({ baseUrl, key: readKey, config });
  } catch (error) {
    for (const { id } of made) await revokeAccessKey(models, { id });
    await closeDatabase(models);
    await stores.stop();
    throw error;
  }

  const bar = new SingleBar(
    { format: 'Loading {bar} {percentage}% | {value} of {total} | {eta_formatted} left' },
    Presets.shades_classic,
  );
  bar.start(count, 0);
  const loaded = await loadDemo({
    baseUrl,
    key: ingestKey,
    feedback: generateDemo({ count, until }),
    total: count,
    onProgress: ({ accepted, refused }) => bar.update(accepted + refused),
  });
  bar.stop();
  while ((await models.feedback.countDocuments({ _id: /^demo-/ })) < loaded.accepted)
    await new Promise((resolve) => setTimeout(resolve, 200));
  print(`${loaded.accepted} feedback accepted, stored and counted. The stories in them: tools/demo/STORIES.md`);
  print(
    `Try: curl -s '${baseUrl}/v1/orgs?rank=overallRating&order=lowest&minCount=50&limit=3' -H 'Authorization: Bearer ${readKey}'`,
  );
  await closeDatabase(models);
  await service?.stop();
  await stores.stop();
}

await new Command('npm run demo --')
  .description('Loads 20,000 realistic feedback over 90 days; the same every time, so twice counts once.')
  .option('--count <n>', 'number of feedback', '20000')
  .option('--until <date>', 'the day after the last one (default: today)')
  .action(main)
  .parseAsync()
  .catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  });
process.exit(0);
