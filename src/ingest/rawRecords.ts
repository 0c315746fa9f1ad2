/** The identity of a record in a queue, as far as it can be read, whatever else is wrong with the record. */
export interface RawRecord {
  id?: string;
  orgId?: string;
  userId?: string;
  sessionId?: string;
  /** epoch milliseconds; 0 if it cannot be read */
  acceptedAt: number;
}

/** Max levels of nesting that are read; the API writes fewer. */
const MAX_DEPTH = 20;

/** The records in a payload: every object in it that names a feedback, a user, a session or an org. */
export function recordsIn(payload: unknown): RawRecord[] {
  const records: RawRecord[] = [];
  scrub(payload, (record) => {
    records.push(record);
    return false;
  });
  return records;
}

/**
 * Copies a payload without the records that `isUnwanted`, and without anything nested deeper than `MAX_DEPTH`. Returns
 * undefined if the payload itself is such a record.
 */
export function scrub(payload: unknown, isUnwanted: (record: RawRecord) => boolean, depth = 0): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  if (depth > MAX_DEPTH) return undefined;
  const scrubWithin = (value: unknown) => scrub(value, isUnwanted, depth + 1);
  if (Array.isArray(payload)) return payload.map(scrubWithin).filter((value) => value !== undefined);
  const record = rawRecordOf(payload as Record<string, unknown>);
  if (record && isUnwanted(record)) return undefined;
  const entries = Object.entries(payload).map(([name, value]) => [name, scrubWithin(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

const ID_FIELDS = ['id', 'orgId', 'userId', 'sessionId'] as const;

function rawRecordOf(object: Record<string, unknown>): RawRecord | undefined {
  const { acceptedAt } = object;
  const record: RawRecord = { acceptedAt: isEpochMs(acceptedAt) ? acceptedAt : 0 };
  let hasId = false;
  for (const field of ID_FIELDS) {
    const id = object[field];
    if (typeof id !== 'string' && typeof id !== 'number') continue;
    record[field] = String(id);
    hasId = true;
  }
  return hasId ? record : undefined;
}

const isEpochMs = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 8.64e15;
