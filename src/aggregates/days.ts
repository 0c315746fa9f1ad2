/** Milliseconds of a UTC day, which has no leap seconds in JavaScript. */
export const DAY_MS = 86_400_000;

/** Characters of a UTC day, `YYYY-MM-DD`. */
export const DAY_LENGTH = 10;

/** The UTC day of an instant, `YYYY-MM-DD`. Clamped to 0000-01-01 and 9999-12-31, because other years have more digits. */
export function dayOf(instant: Date): string {
  const text = instant.toISOString();
  if (text.length === 24) return text.slice(0, DAY_LENGTH);
  return text.startsWith('-') ? '0000-01-01' : '9999-12-31';
}
