import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodies } from '../../support/feedbackBodies.ts';
import { run } from '../../support/processes.ts';
import { KEY, openSandbox, type Sandbox } from '../support/bench.ts';
import { startWorker } from '../support/drain.ts';
import type { Experiment } from '../support/figure.ts';
import { mostMemory } from '../support/mostMemory.ts';

const LINES = 1_000_000;
const DRAIN_SECONDS = 25;

async function importLines(apiUrl: string, count: number): Promise<void> {
  function* lines() {
    let text = '';
    for (const body of bodies({ orgs: 40, count })) {
      text += `${JSON.stringify(body)}\n`;
      if (text.length < 64 * 1024) continue;
      yield text;
      text = '';
    }
    yield text;
  }
  const call = request(`${apiUrl}/v1/feedback/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-ndjson' },
  });
  const answered = new Promise<string>((resolve, reject) => {
    call.on('error', reject);
    call.on('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve(text);
    });
  });
  await pipeline(Readable.from(lines()), call);
  const { accepted } = JSON.parse(await answered);
  if (accepted !== count) throw new Error(`${accepted} of ${count} lines were accepted`);
}

let sandbox: Sandbox | undefined;

/** Memory of the API during an import of a million lines, and of a worker before a backlog of a million. */
export const memoryExperiment: Experiment = {
  rounds: 1,
  async setUp({ stores }) {
    sandbox = await openSandbox(stores);
  },
  async tearDown() {
    await sandbox?.remove();
  },
  subjects: {
    'API that imports': async ({ progress }) => {
      const api = run('src/main.js', ['api'], sandbox!.env);
      const apiUrl = await api.printed(/API +(\S+)/);
      progress(`${LINES} lines`);
      const most = await mostMemory(api, importLines(apiUrl, LINES));
      await api.stop();
      return most;
    },
    'worker with a backlog': async ({ progress }) => {
      const worker = startWorker(sandbox!);
      progress('draining');
      const most = await mostMemory(worker, sleep(DRAIN_SECONDS * 1_000));
      await worker.stop();
      return most;
    },
  },
  figures: [
    {
      name: 'memory-import',
      title: 'max memory of the API while it imports 1,000,000 lines',
      subject: 'API that imports',
      unit: 'MiB',
      must: 250,
      aim: 150,
      better: 'lower',
    },
    {
      name: 'memory-backlog',
      title: 'max memory of a worker while 1,000,000 feedback wait, the first 25 s',
      subject: 'worker with a backlog',
      needs: ['API that imports'],
      unit: 'MiB',
      must: 250,
      aim: 150,
      better: 'lower',
    },
  ],
};
