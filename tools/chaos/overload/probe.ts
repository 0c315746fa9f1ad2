import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedbackInput } from '../../../src/ingest/feedbackSchema.ts';
import { publicId, storedId } from '../../../src/models/feedback/feedbackDocument.ts';
import { KEY, type System } from '../system.ts';

const EVERY_MS = 100;
const LOOK_MS = 20;
const PATIENCE_MS = 60_000;

export interface ProbeResult {
  /** ms from before the request until the feedback is stored and counted */
  latenciesMs: number[];
  /** ms until the response */
  answersMs: number[];
  /** requests not answered with 202 */
  refused: number;
  ids: string[];
}

/** An org that posts a feedback ten times a second and measures when each is readable. */
export function startProbe(system: System, name: string): { stop(): Promise<ProbeResult> } {
  const result: ProbeResult = { latenciesMs: [], answersMs: [], refused: 0, ids: [] };
  /** send times of feedback that isn't readable yet */
  const awaited = new Map<string, number>();
  const under = new Set<Promise<void>>();
  let running = true;

  async function post(id: string): Promise<void> {
    const sentAt = performance.now();
    const feedback = { id, orgId: name, overallRating: 4, improvements: 'A bit more speed, please.' };
    if ((await postOne(system.apis[0]!.apiUrl, feedback)) === 202) {
      result.answersMs.push(performance.now() - sentAt);
      result.ids.push(id);
      awaited.set(id, sentAt);
    } else result.refused++;
  }

  async function postAll(): Promise<void> {
    for (let n = 0; running; n++) {
      const posted = post(`${name}-${n}`);
      under.add(posted);
      void posted.finally(() => under.delete(posted)).catch(() => {});
      await sleep(EVERY_MS);
    }
    await Promise.all(under);
  }

  /** One query at a time for all of them, without Mongoose: the probe shares the machine with the service. */
  async function look(): Promise<void> {
    const feedback = system.models.connection.collection<{ _id: string }>('feedback');
    let lastFoundAt = performance.now();
    while (running || (awaited.size > 0 && performance.now() - lastFoundAt < PATIENCE_MS)) {
      await sleep(LOOK_MS);
      if (awaited.size === 0) continue;
      const ids = [...awaited.keys()].map((id) => storedId({ id, orgId: name }));
      const found = await feedback.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
      for (const { _id } of found) {
        const id = publicId(_id);
        lastFoundAt = performance.now();
        result.latenciesMs.push(lastFoundAt - awaited.get(id)!);
        awaited.delete(id);
      }
    }
  }

  const ended = [postAll(), look()];
  return {
    async stop() {
      running = false;
      await Promise.all(ended);
      return result;
    },
  };
}

/** Posts one feedback. Returns the response's status. */
export async function postOne(apiUrl: string, feedback: FeedbackInput): Promise<number> {
  const response = await fetch(`${apiUrl}/v1/feedback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(feedback),
  });
  await response.arrayBuffer();
  return response.status;
}
