import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../src/config.ts';

/** Max ms until a service knows a new key; it reads keys every second. */
const PATIENCE_MS = 5_000;
const INTERVAL_MS = 200;

type StoreSettings = Pick<Config, 'DATA_DIR' | 'REDIS_URL' | 'MONGODB_URI'>;

/** The service that answers does not use the stores of this command. The message names the settings to change. */
export class OtherStores extends Error {
  override name = 'OtherStores';
}

/**
 * Waits until a running service knows a key that was stored a moment ago.
 *
 * @throws OtherStores if it does not get to know it, so it reads other stores
 */
export async function waitForKey(options: {
  baseUrl: string;
  key: string;
  config: StoreSettings;
  patienceMs?: number;
}): Promise<void> {
  const { baseUrl, key, config, patienceMs = PATIENCE_MS } = options;
  const untilMs = performance.now() + patienceMs;
  do {
    const { status } = await fetch(`${baseUrl}/v1/feedback?limit=1`, { headers: { authorization: `Bearer ${key}` } });
    if (status !== 401) return;
    await delay(INTERVAL_MS);
  } while (performance.now() < untilMs);
  throw new OtherStores(
    `The service at ${baseUrl} uses other stores than this command, which used ${storesOf(config)}. ` +
      'Set DATA_DIR to the data folder of that service (its line "Data" at the start, seen from the folder in which it was started), ' +
      'or MONGODB_URI and REDIS_URL to what that service has. ' +
      'To load the demo into other stores, set PORT and METRICS_PORT to free ports.',
  );
}

function storesOf({ DATA_DIR, MONGODB_URI, REDIS_URL }: StoreSettings): string {
  if (MONGODB_URI !== undefined) return 'those of MONGODB_URI';
  return `DATA_DIR=${DATA_DIR}${REDIS_URL === undefined ? '' : ' and REDIS_URL'}`;
}
