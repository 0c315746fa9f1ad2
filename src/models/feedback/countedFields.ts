import { CHOICES, RATINGS } from '../../aggregates/contribution.ts';
import type { Fields } from '../mongodb/forEachDocument.ts';

const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1 as const]));

/** The fields of a feedback that decide what it counts, and when. Texts take most of the time to read, and are not among them. */
export const COUNTED_FIELDS: Fields = {
  createdAt: 1,
  other: 1,
  ...all(RATINGS),
  ...all(CHOICES),
  'analysis.kind': 1,
  'analysis.sentiment.label': 1,
  'analysis.sentiment.score': 1,
  'analysis.mentions.theme': 1,
  'analysis.mentions.sentiment.label': 1,
};
