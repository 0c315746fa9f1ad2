import { setTimeout as sleep } from 'node:timers/promises';
import { findImport } from '../../src/models/imports/imports.ts';
import { bodies } from '../support/feedbackBodies.ts';
import type { Random } from '../support/random.ts';
import type { Fault } from './fault.ts';
import type { Sent } from './ledger.ts';
import type { System } from './system.ts';

const ROWS = { least: 200, most: 3_000 };
/** Time after the upload in which an import is undone, before or after its end. */
const UNDO_WITHIN_MS = 4_000;
const PATIENCE_MS = 60_000;
const REQUEST_PATIENCE_MS = 15_000;

const FIELDS = [
  ...['id', 'orgId', 'userId', 'sessionId', 'overallRating', 'uxRating', 'growMethodRating'],
  ...['easeOfUse', 'helpfulness', 'willingToPay', 'improvements', 'experiment', 'variant', 'tags'],
];
const MAPPING = JSON.stringify({ columns: Object.fromEntries(FIELDS.map((field) => [field, { field }])) });

/** Imports a file, and undoes every second import. The file is sent again under its key until it is accepted. */
export const importFault: Fault = {
  target: () => 'an import',
  async inject(system, _target, random, nth) {
    const isUndone = nth % 2 === 1;
    const name = `import-${random.int(1, 1e9)}`;
    const rows = [...bodies({ orgs: 20, count: random.int(ROWS.least, ROWS.most) }, name)];
    for (const sent of rows) system.imported.set(sent.id, { sent, isUndone });
    const id = await uploadUntilAccepted(system, random, { name, rows });
    if (isUndone) {
      // In turn: in the middle of the import, and at any time, perhaps before its first row.
      if (nth % 4 === 1) await untilCounted(system, id);
      else await sleep(random.int(0, UNDO_WITHIN_MS));
      await untilAccepted(system, random, 'DELETE', `/${id}`);
    }
    const startMs = Date.now();
    const state = await untilEnded(system, id);
    return `of ${rows.length} rows ${state} ${Date.now() - startMs} ms after the last request`;
  },
};

function uploadUntilAccepted(system: System, random: Random, file: { name: string; rows: Sent[] }): Promise<string> {
  const form = new FormData();
  const lines = file.rows.map((row) => `${JSON.stringify(row)}\n`);
  form.set('file', new Blob(lines), `${file.name}.jsonl`);
  form.set('mapping', MAPPING);
  return untilAccepted(system, random, 'POST', '', { body: form, key: file.name });
}

/** Sends a request until it is accepted, and returns the id of the import. */
async function untilAccepted(
  { apis, adminKey }: System,
  random: Random,
  method: 'POST' | 'DELETE',
  path: string,
  { body, key }: { body?: FormData; key?: string } = {},
): Promise<string> {
  for (;;) {
    const response = await fetch(`${random.pick(apis).apiUrl}/v1/imports${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, ...(key !== undefined && { 'idempotency-key': key }) },
      ...(body && { body }),
      signal: AbortSignal.timeout(REQUEST_PATIENCE_MS),
    }).catch(() => undefined);
    const text = await response?.text().catch(() => undefined);
    if (response?.status === 202 && text !== undefined) return JSON.parse(text).id;
    if (response && response.status < 500 && response.status !== 429 && response.status !== 401)
      throw new Error(`an import was refused with ${response.status}: ${text}`);
    await sleep(random.int(100, 500));
  }
}

/** Waits until some rows of an import are stored, or its patience has ended. */
async function untilCounted({ models }: System, id: string): Promise<void> {
  const startMs = Date.now();
  while (Date.now() - startMs < PATIENCE_MS) {
    if (((await findImport(models, id).catch(() => null))?.counts.stored ?? 0) > 0) return;
    await sleep(50);
  }
}

/** Waits until an import has ended or its patience has; the comparison at the end waits for all of them. */
async function untilEnded({ models }: System, id: string): Promise<string> {
  const startMs = Date.now();
  for (;;) {
    const state = (await findImport(models, id).catch(() => null))?.state ?? 'unknown';
    if (['done', 'failed', 'undone'].includes(state) || Date.now() - startMs > PATIENCE_MS) return state;
    await sleep(100);
  }
}
