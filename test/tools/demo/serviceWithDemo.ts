import { expect } from '@jest/globals';
import { generateDemo } from '../../../tools/demo/generateDemo.ts';
import { loadDemo } from '../../../tools/demo/load.ts';
import { KEYS, startTestService, type TestService } from '../../support/service.ts';
import { isolatedStores } from '../../support/stores/stores.ts';

export const COUNT = 20_000;
const UNTIL = new Date('2026-03-02T00:00:00Z');

/** A day of STORIES.md, from 1 to 90, as YYYY-MM-DD. */
export const day = (n: number) => new Date(UNTIL.getTime() - (91 - n) * 86_400_000).toISOString().slice(0, 10);

/** Starts a service with the whole demo, posted and stored. */
export async function startServiceWithDemo(settings: Record<string, string> = {}): Promise<TestService> {
  const running = await startTestService(isolatedStores(), settings);
  const loaded = await loadDemo({
    baseUrl: running.service.apiUrl ?? '',
    key: KEYS.ingest,
    feedback: generateDemo({ count: COUNT, until: UNTIL }),
    total: COUNT,
  });
  expect(loaded).toMatchObject({ accepted: COUNT, refused: 0 });
  await running.stored(COUNT);
  return running;
}
