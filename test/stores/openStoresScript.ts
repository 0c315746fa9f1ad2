import { join } from 'node:path';
import { openStores } from '../../src/stores/openStores.ts';

// A service with nothing but its stores: starts them, prints their addresses, and stops them on SIGTERM.
const [dataDir = '', mode = ''] = process.argv.slice(2);
try {
  const stores = await openStores({
    dataDir,
    cacheDir: join(process.cwd(), '.cache', 'stores'),
    join: mode === 'join',
    report: (line) => console.log(line),
    mongoCacheGb: 0.25,
  });
  const { redisUrl, mongodbUri, embedded, owner } = stores;
  console.log(JSON.stringify({ redisUrl, mongodbUri, embedded, owner }));
  process.once('SIGTERM', async () => {
    await stores.stop();
    process.exit(0);
  });
  setInterval(() => {}, 1_000);
} catch (error) {
  console.log(`failed: ${(error as Error).message}`);
}
