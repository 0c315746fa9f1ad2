/** Max characters of the name of a time zone. The longest has 32. */
export const MAX_ZONE_CHARACTERS = 64;

/**
 * Whether a text is the name of a time zone in the database of IANA, as the runtime knows it. The case must be right, since
 * a zone is stored by the name that was sent. Offsets such as `+02:00` are none: they have no rules.
 */
export function isTimeZone(name: string): boolean {
  if (name.length > MAX_ZONE_CHARACTERS || !/^[A-Z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  const canonical = canonicalZone(name);
  if (canonical === undefined) return false;
  const isInOtherCase = canonical !== name && canonical.toLowerCase() === name.toLowerCase();
  // The runtime does not tell the case of an alias, such as Asia/Kolkata.
  return !isInOtherCase && name.split('/').every((word) => /^[A-Z]/.test(word));
}

/** Names that can be proposed for a mistyped one. */
export const knownTimeZones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** Runtimes differ in which of its names they use. */
const UTC_NAMES = new Set(['UTC', 'Etc/UTC', 'Etc/GMT', 'GMT']);

/** Whether the days of a zone are always UTC days. */
export const isUtc = (name: string): boolean => UTC_NAMES.has(canonicalZone(name) ?? '');

/** The name that the runtime uses for a zone and its aliases, or undefined. */
function canonicalZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
