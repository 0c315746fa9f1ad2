import { KINDS, type Kind, SENTIMENT_LABELS, type SentimentLabel } from '../analysis/analysis.ts';
import { byName } from './byName.ts';
import { choiceOf, OTHER_CHOICE } from './choiceKey.ts';
import { CHOICES, type ChoiceName, RATINGS, type RatingName } from './contribution.ts';
import type { Delta } from './delta.ts';
import { type Histogram, histogramAt, meanOf, ratingsIn } from './statistics/meanDifference.ts';
import { themesIn } from './themesIn.ts';

/** The figures of one rating question. */
export interface RatingFigures {
  count: number;
  /** 1 to 5, not rounded; null without ratings */
  mean: number | null;
  /** number of ratings of 1, 2, 3, 4 and 5 */
  distribution: Histogram;
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
  return someFiguresOf(delta, () => true) as Figures;
}

/** Some of the figures of a delta. Others are not computed. */
export function someFiguresOf(delta: Delta, has: (name: keyof Figures) => boolean): Partial<Figures> {
  const countAt = (path: string) => delta.get(path) ?? 0;
  return {
    ...(has('count') && { count: countAt('n') }),
    ...(has('ratings') && {
      ratings: byName(RATINGS, (rating) => ratingFigures(histogramAt(delta, `r.${rating}`))),
    }),
    ...((has('choices') || has('otherChoices')) && choiceFigures(delta)),
    ...(has('sentiment') && { sentiment: sentimentFigures(countAt) }),
    ...(has('kinds') && { kinds: byName(KINDS, (kind) => countAt(`k.${kind}`)) }),
    ...(has('themes') && { themes: themeFigures(delta, countAt) }),
  };
}

function ratingFigures(distribution: Histogram): RatingFigures {
  const count = ratingsIn(distribution);
  return { count, mean: count ? meanOf(distribution) : null, distribution };
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
  return { ...counts, unscored: countAt('s.unscored'), mean: scored ? countAt('s.sum') / 1000 / scored : null };
}

function themeFigures(delta: Delta, countAt: (path: string) => number): ThemeFigures[] {
  const themes = themesIn(delta).map((theme) => ({
    theme,
    mentions: countAt(`t.${theme}.n`),
    feedback: countAt(`t.${theme}.f`),
    sentiment: byName(SENTIMENT_LABELS, (label) => countAt(`t.${theme}.s.${label}`)),
  }));
  return themes.sort((a, b) => b.mentions - a.mentions);
}
