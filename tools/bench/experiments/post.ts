import { bodies } from '../../support/feedbackBodies.ts';
import { run } from '../../support/processes.ts';
import { withSandbox } from '../support/bench.ts';
import type { Bench, Experiment } from '../support/figure.ts';
import { post } from '../support/post.ts';

const SECONDS = 3;
const WARM_UP_SECONDS = 1;
const BATCH = 500;
const BATCH_CONNECTIONS = 8;

function* anonymous(count: number) {
  // Bodies have no ids, so each request is a new feedback although bodies repeat.
  for (const { id: _, ...body } of bodies({ orgs: 1_000, count })) yield body;
}
const singles = () => [...anonymous(2_000)].map((body) => JSON.stringify(body));
const batches = () =>
  Array.from({ length: 4 }, (_, n) =>
    JSON.stringify({ feedback: [...anonymous(4 * BATCH)].slice(n * BATCH, (n + 1) * BATCH) }),
  );

async function bare(): Promise<number> {
  const peer = run('tools/bench/peers/bareExpress.js', [], {});
  const apiUrl = await peer.printed(/API (\S+)/);
  const posting = { apiUrl, path: '/v1/feedback', bodies: singles() };
  await post({ ...posting, seconds: WARM_UP_SECONDS });
  const rate = await post({ ...posting, seconds: SECONDS });
  await peer.stop();
  return rate;
}

interface Kind {
  everysec?: boolean;
  batch?: boolean;
}

/** Redis commands that caused a sync to disk, per feedback, in the last round of single posts. */
let syncs = Number.NaN;

async function ours({ stores }: Bench, { everysec, batch }: Kind): Promise<number> {
  const redisUrl = everysec ? await stores.everysecRedisUrl() : stores.redisUrl;
  return withSandbox({ ...stores, redisUrl }, async (sandbox) => {
    const api = run('src/main.js', ['api'], sandbox.env);
    const apiUrl = await api.printed(/API +(\S+)/);
    const posting = batch
      ? { apiUrl, path: '/v1/feedback/batch', bodies: batches(), connections: BATCH_CONNECTIONS }
      : { apiUrl, path: '/v1/feedback', bodies: singles() };
    await post({ ...posting, seconds: WARM_UP_SECONDS });
    const writes = async () =>
      [...(await sandbox.redis.info('commandstats')).matchAll(/cmdstat_(evalsha|eval):calls=(\d+)/g)]
        .map(([, , calls]) => Number(calls))
        .reduce((sum, calls) => sum + calls, 0);
    const before = await writes();
    const rate = await post({ ...posting, seconds: SECONDS });
    if (!batch && !everysec) syncs = ((await writes()) - before) / (rate * SECONDS);
    await api.stop();
    return rate * (batch ? BATCH : 1);
  });
}

/** Rate at which feedback is validated and made durable. */
export const postExperiment: Experiment = {
  rounds: 3,
  subjects: {
    'bare Express': bare,
    'single posts': (bench) => ours(bench, {}),
    'single posts, everysec': (bench) => ours(bench, { everysec: true }),
    'posts of 500': (bench) => ours(bench, { batch: true }),
    'syncs of single posts': async () => syncs,
  },
  figures: [
    {
      name: 'post',
      title: 'single posts, 64 connections, against bare Express that stores nothing',
      subject: 'single posts',
      baseline: 'bare Express',
      unit: 'feedback/s',
      must: 1,
      aim: 3,
      better: 'higher',
    },
    {
      name: 'batch',
      title: 'posts of 500 feedback, against single posts',
      subject: 'posts of 500',
      baseline: 'single posts',
      unit: 'feedback/s',
      must: 10,
      aim: 20,
      better: 'higher',
    },
    {
      name: 'always',
      title: 'single posts on a Redis that syncs always, against every second',
      subject: 'single posts',
      baseline: 'single posts, everysec',
      unit: 'feedback/s',
      must: 0.5,
      aim: 0.8,
      better: 'higher',
    },
    {
      name: 'syncs',
      title: 'commands that Redis syncs for (at most one sync each), a feedback',
      subject: 'syncs of single posts',
      needs: ['single posts'],
      unit: '/feedback',
      must: 1 / 16,
      aim: 1 / 32,
      better: 'lower',
    },
  ],
};
