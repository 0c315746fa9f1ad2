import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const ID_BYTES = 16;
/** Ids for which random bytes are drawn at once: a call to the system costs more than the rest of an id. */
const POOLED_IDS = 1_024;

/** Generates ids for feedback without one: UUIDs of version 7, which sort by time. */
export function createIdGenerator(): () => string {
  const pool = new Uint8Array(POOLED_IDS * ID_BYTES);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const random = pool.subarray(used, used + ID_BYTES);
    used += ID_BYTES;
    return uuidv7({ random });
  };
}
