/** What can be told of a record in a queue, whatever else is wrong with it. */
export interface RawRecord {
  id?: string;
  orgId?: string;
  userId?: string;
  sessionId?: string;
  namespace?: string;
  /** epoch milliseconds; 0 where it cannot be told */
  acceptedAt: number;
}

/** Deeper than anything that the API writes. */
const MAX_DEPTH = 20;

/** The records in a payload: every object in it that names a feedback, a user, a session or an org. */
export function recordsIn(payload: unknown): RawRecord[] {
  const records: RawRecord[] = [];
  scrub(payload, (record) => records.push(record) === 0);
  return records;
}

/**
 * A payload without the records that are unwanted, or undefined where that is all of it or what holds it. What is nested
 * deeper than any payload of ours is left out, too.
 */
export function scrub(payload: unknown, isUnwanted: (record: RawRecord) => boolean, depth = 0): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  if (depth > MAX_DEPTH) return undefined;
  const within = (value: unknown) => scrub(value, isUnwanted, depth + 1);
  if (Array.isArray(payload)) return payload.map(within).filter((value) => value !== undefined);
  const record = rawRecordOf(payload as Record<string, unknown>);
  if (record && isUnwanted(record)) return undefined;
  const entries = Object.entries(payload).map(([name, value]) => [name, within(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

const NAMES = ['id', 'orgId', 'userId', 'sessionId', 'namespace'] as const;

function rawRecordOf(value: Record<string, unknown>): RawRecord | undefined {
  const { acceptedAt } = value;
  const record: RawRecord = { acceptedAt: isInstant(acceptedAt) ? acceptedAt : 0 };
  let names = 0;
  for (const name of NAMES) {
    const one = value[name];
    if (typeof one !== 'string' && typeof one !== 'number') continue;
    record[name] = String(one);
    names++;
  }
  return names > 0 ? record : undefined;
}

const isInstant = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 8.64e15;
