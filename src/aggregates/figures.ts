import { KINDS, type Kind, SENTIMENT_LABELS, type SentimentLabel } from '../analysis/analysis.ts';
import { memoize } from '../analysis/memoize.ts';
import { byName } from './byName.ts';
import { choiceOf, OTHER_CHOICE } from './choiceKey.ts';
import { CHOICES, type ChoiceName, RATINGS, type RatingName } from './contribution.ts';
import type { Delta } from './delta.ts';
import { type Histogram, meanOf, ratingsIn } from './statistics/meanDifference.ts';

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
  return {
    ...(has('count') && { count: countAt(delta, 'n') }),
    ...(has('ratings') && { ratings: byName(RATINGS, (rating) => ratingFigures(histogramOf(delta, rating))) }),
    ...((has('choices') || has('otherChoices')) && choiceFigures(delta)),
    ...(has('sentiment') && { sentiment: sentimentFigures(delta) }),
    ...(has('kinds') && { kinds: byName(KINDS, (kind) => countAt(delta, KIND_PATHS[kind])) }),
    ...(has('themes') && { themes: themeFigures(delta) }),
  };
}

const countAt = (delta: Delta, path: string) => delta.get(path) ?? 0;
const histogramOf = (delta: Delta, rating: RatingName) =>
  RATING_PATHS[rating].map((path) => countAt(delta, path)) as Histogram;

function ratingFigures(distribution: Histogram): RatingFigures {
  const count = ratingsIn(distribution);
  return { count, mean: count ? meanOf(distribution) : null, distribution };
}

function choiceFigures(delta: Delta): Pick<Figures, 'choices' | 'otherChoices'> {
  const choices = byName(CHOICES, () => [] as [string, number][]);
  const otherChoices: Figures['otherChoices'] = {};
  delta.forEach((count, path) => {
    if (!path.startsWith('c.')) return;
    const { question, choice } = choiceCounter(path);
    if (choice === undefined) otherChoices[question] = count;
    else choices[question].push([choice, count]);
  });
  const sorted = (entries: [string, number][]) =>
    Object.fromEntries(entries.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
  return { choices: byName(CHOICES, (question) => sorted(choices[question])), otherChoices };
}

function sentimentFigures(delta: Delta): Figures['sentiment'] {
  const counts = byName(SENTIMENT_LABELS, (label) => countAt(delta, LABEL_PATHS[label]));
  const scored = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return {
    ...counts,
    unscored: countAt(delta, 's.unscored'),
    mean: scored ? countAt(delta, 's.sum') / 1000 / scored : null,
  };
}

/** The themes with feedback. One pass over the counters: a look-up of each name takes several times as long. */
function themeFigures(delta: Delta): ThemeFigures[] {
  const themes = new Map<string, ThemeFigures>();
  delta.forEach((count, path) => {
    if (!path.startsWith('t.')) return;
    const { theme, part, label } = themeCounter(path);
    let figures = themes.get(theme);
    if (!figures) {
      figures = { theme, mentions: 0, feedback: 0, sentiment: { ...NO_MENTIONS } };
      themes.set(theme, figures);
    }
    if (part === 'n') figures.mentions = count;
    else if (part === 'f') figures.feedback = count;
    else if (label !== undefined) figures.sentiment[label] = count;
  });
  return [...themes.values()]
    .filter(({ feedback }) => feedback !== 0)
    .sort((a, b) => b.mentions - a.mentions || (a.theme < b.theme ? -1 : 1));
}

// Paths of counters are made, and taken apart, once. To do so for each of many days took longer than to add them up.

/** Max paths that are cached. */
const MAX_CACHED = 50_000;
const KIND_PATHS = byName(KINDS, (kind) => `k.${kind}`);
const LABEL_PATHS = byName(SENTIMENT_LABELS, (label) => `s.${label}`);
const NO_MENTIONS = byName(SENTIMENT_LABELS, () => 0);
const RATING_PATHS = byName(RATINGS, (rating) => [1, 2, 3, 4, 5].map((stars) => `r.${rating}.${stars}`));

const choiceCounter = memoize(MAX_CACHED, (path: string) => {
  const [, question, key] = path.split('.') as [string, ChoiceName, string];
  return { question, choice: key === OTHER_CHOICE ? undefined : choiceOf(key) };
});

const themeCounter = memoize(MAX_CACHED, (path: string) => {
  const [, theme, part, label] = path.split('.') as [string, string, string, SentimentLabel | undefined];
  return { theme, part, label: part === 's' ? label : undefined };
});
