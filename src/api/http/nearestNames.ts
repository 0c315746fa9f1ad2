import levenshtein from 'natural/lib/natural/distance/levenshtein_distance.js';

/** Max edits between a mistyped name and a name that is proposed for it, and max characters for each edit. */
const MAX_EDITS = 3;
const CHARACTERS_PER_EDIT = 3;
/** Max characters of a name that is compared: the cost grows with their square. */
const MAX_CHARACTERS = 64;
const MAX_PROPOSED = 3;

/**
 * The known names that a mistyped one may mean, nearest first (Damerau-Levenshtein distance, ignoring case). Names that
 * hold the mistyped one, or are held by it, follow.
 */
export function nearestNames(mistyped: string, known: Iterable<string>): string[] {
  const sent = mistyped.toLowerCase();
  if (sent.length > MAX_CHARACTERS) return [];
  const maxEdits = Math.min(MAX_EDITS, Math.ceil(sent.length / CHARACTERS_PER_EDIT));
  const near: { name: string; edits: number }[] = [];
  for (const name of known) {
    const edits = editsBetween(sent, name.toLowerCase(), maxEdits);
    if (edits !== undefined) near.push({ name, edits });
  }
  near.sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1));
  return near.slice(0, MAX_PROPOSED).map(({ name }) => name);
}

/** Undefined if the names are not alike. */
function editsBetween(sent: string, name: string, maxEdits: number): number | undefined {
  if (Math.abs(sent.length - name.length) <= maxEdits) {
    const edits = levenshtein.DamerauLevenshteinDistance(sent, name, { restricted: true });
    if (edits <= maxEdits) return edits;
  }
  const isPart = sent.length >= CHARACTERS_PER_EDIT && (name.includes(sent) || sent.includes(name));
  return isPart && name.length >= CHARACTERS_PER_EDIT ? maxEdits + 1 : undefined;
}

/** Says which names are near, as the end of a refusal; else `otherwise`. */
export function didYouMean(mistyped: string, known: Iterable<string>, otherwise: string): string {
  const near = nearestNames(mistyped, known);
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : otherwise;
}
