import { KINDS, type Kind, SENTIMENT_LABELS, type SentimentLabel } from '../analysis/analysis.ts';
import { choiceOf, OTHER_CHOICE } from './choiceKey.ts';
import { CHOICES, type ChoiceName, RATINGS, type RatingName } from './contribution.ts';
import type { Delta } from './delta.ts';

/** The figures of one rating question. */
export interface RatingFigures {
  count: number;
  /** 1 to 5, not rounded; null without ratings */
  mean: number | null;
  /** number of ratings of 1, 2, 3, 4 and 5 */
  distribution: [number, number, number, number, number];
}

export type SentimentCounts = Record<SentimentLabel, number>;

export interface ThemeFigures {
  theme: string;
  /** number of clauses that mention the theme */
  mentions: number;
  /** number of feedback with at least one such clause */
  feedback: number;
  sentiment: SentimentCounts;
}

/** The figures of one aggregate, or of a sum of aggregates. */
export interface Figures {
  count: number;
  ratings: Record<RatingName, RatingFigures>;
  choices: Record<ChoiceName, Record<string, number>>;
  /** answers after the question's list of distinct choices was full; only questions that have some */
  otherChoices: Partial<Record<ChoiceName, number>>;
  /** `mean` is −1 to 1 over the scored texts, or null without one; the five counts add up to `count` */
  sentiment: SentimentCounts & { unscored: number; mean: number | null };
  /** number of texts of each kind; texts that could not be analysed are in none */
  kinds: Record<Kind, number>;
  /** most mentioned first */
  themes: ThemeFigures[];
}

/** The figures of a delta. Means are quotients of exact integer sums. */
export function figuresOf(delta: Delta): Figures {
  const countAt = (path: string) => delta.get(path) ?? 0;
  return {
    count: countAt('n'),
    ratings: byName(RATINGS, (rating) => ratingFigures([1, 2, 3, 4, 5].map((n) => countAt(`r.${rating}.${n}`)))),
    ...choiceFigures(delta),
    sentiment: sentimentFigures(countAt),
    kinds: byName(KINDS, (kind) => countAt(`k.${kind}`)),
    themes: themeFigures(delta, countAt),
  };
}

function byName<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value) {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;
}

function ratingFigures(distribution: number[]): RatingFigures {
  const count = distribution.reduce((sum, n) => sum + n, 0);
  const total = distribution.reduce((sum, n, index) => sum + n * (index + 1), 0);
  return {
    count,
    mean: count ? total / count : null,
    distribution: distribution as RatingFigures['distribution'],
  };
}

function choiceFigures(delta: Delta): Pick<Figures, 'choices' | 'otherChoices'> {
  const choices = byName(CHOICES, () => [] as [string, number][]);
  const otherChoices: Figures['otherChoices'] = {};
  for (const [path, count] of delta) {
    if (!path.startsWith('c.')) continue;
    const [, question, key] = path.split('.') as [string, ChoiceName, string];
    if (key === OTHER_CHOICE) otherChoices[question] = count;
    else choices[question].push([choiceOf(key), count]);
  }
  const sorted = (entries: [string, number][]) =>
    Object.fromEntries(entries.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
  return { choices: byName(CHOICES, (question) => sorted(choices[question])), otherChoices };
}

function sentimentFigures(countAt: (path: string) => number): Figures['sentiment'] {
  const counts = byName(SENTIMENT_LABELS, (label) => countAt(`s.${label}`));
  const scored = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return {
    ...counts,
    unscored: countAt('s.unscored'),
    mean: scored ? countAt('s.sum') / 1000 / scored : null,
  };
}

function themeFigures(delta: Delta, countAt: (path: string) => number): ThemeFigures[] {
  const themes: ThemeFigures[] = [];
  for (const [path, mentions] of delta) {
    const theme = /^t\.([^.]+)\.n$/.exec(path)?.[1];
    if (theme === undefined) continue;
    themes.push({
      theme,
      mentions,
      feedback: countAt(`t.${theme}.f`),
      sentiment: byName(SENTIMENT_LABELS, (label) => countAt(`t.${theme}.s.${label}`)),
    });
  }
  return themes.sort((a, b) => b.mentions - a.mentions || (a.theme < b.theme ? -1 : 1));
}
