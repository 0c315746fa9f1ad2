import { KEYS, type TestService } from './service.ts';
import { until } from './until.ts';

/** A mapping for files with the columns of `csvOf`. */
export const MAPPING = {
  columns: {
    Ticket: { field: 'id' },
    Customer: { field: 'userId' },
    Score: { field: 'overallRating' },
    Comment: { field: 'improvements' },
    Sent: { field: 'createdAt' },
  },
  constants: { orgId: 'acme' },
};

/** Lines of a file with rows of three users. Every row has a text and an id, which starts with the prefix. */
export function csvOf(rows: number, prefix: string, score: (n: number) => string = (n) => String(1 + (n % 5))): string {
  const lines = ['Ticket,Customer,Score,Comment,Sent'];
  for (let n = 0; n < rows; n++)
    lines.push(
      `${prefix}-${n},customer-${n % 3},${score(n)},"The coach is great, but export ${n % 7} is slow",2026-09-0${1 + (n % 9)}T10:00:00Z`,
    );
  return `${lines.join('\r\n')}\r\n`;
}

export interface ImportRequest {
  file?: string | Uint8Array;
  mapping?: unknown;
  query?: string;
  key?: string;
  idempotencyKey?: string;
  fileName?: string;
}

/** Sends a file as a browser sends a form. */
export async function postImport(
  { service }: Pick<TestService, 'service'>,
  { file, mapping, query = '', key = KEYS.admin, idempotencyKey, fileName = 'export.csv' }: ImportRequest,
) {
  const form = new FormData();
  if (file !== undefined) form.set('file', new Blob([file]), fileName);
  if (mapping !== undefined) form.set('mapping', typeof mapping === 'string' ? mapping : JSON.stringify(mapping));
  const response = await fetch(`${service.apiUrl}/v1/imports${query}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    body: form,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as ReturnType<typeof JSON.parse>,
  };
}

/** Waits until an import is in a state, and returns it. */
export async function importInState(running: TestService, id: string, state: string, key = KEYS.admin) {
  let found: ReturnType<typeof JSON.parse>;
  await until(
    async () => {
      found = (await running.call('GET', `/v1/imports/${id}`, { key })).body;
      return found.state === state;
    },
    () => `import ${id} is ${state}, not ${JSON.stringify(found)}`,
    60_000,
  );
  return found;
}
