import { KINDS, type Kind, SENTIMENT_LABELS, type SentimentLabel } from '../analysis/analysis.ts';
import { choiceOf, OTHER_CHOICE } from './choiceKey.ts';
import { CHOICES, type ChoiceName, RATINGS, type RatingName } from './contribution.ts';
import type { Delta } from './delta.ts';

export interface RatingFigures {
  count: number;
  /** 1–5, unrounded; null without ratings */
  mean: number | null;
  /** how many gave 1, 2, 3, 4 and 5 */
  distribution: [number, number, number, number, number];
}

export type SentimentCounts = Record<SentimentLabel, number>;

export interface ThemeFigures {
  theme: string;
  /** clauses about the theme */
  mentions: number;
  /** feedback with at least one such clause */
  feedback: number;
  sentiment: SentimentCounts;
}

/** The totals of one aggregate, or of any sum of aggregates, as people read them. */
export interface Figures {
  count: number;
  ratings: Record<RatingName, RatingFigures>;
  choices: Record<ChoiceName, Record<string, number>>;
  /** Answers that came after a question's list of distinct choices was full; questions without any are left out. */
  otherChoices: Partial<Record<ChoiceName, number>>;
  /** `mean`: −1…1 over the scored texts, null without any; the five counts add up to `count` */
  sentiment: SentimentCounts & { unscored: number; mean: number | null };
  /** how many texts ask for something, tell of a fault, and so on; texts of which nothing can be said are in none */
  kinds: Record<Kind, number>;
  /** most mentioned first */
  themes: ThemeFigures[];
}

/** Reads the figures out of a delta. Means are quotients of exact integer sums. */
export function figuresOf(delta: Delta): Figures {
  const at = (path: string) => delta.get(path) ?? 0;
  return {
    count: at('n'),
    ratings: byName(RATINGS, (rating) => ratingFigures([1, 2, 3, 4, 5].map((n) => at(`r.${rating}.${n}`)))),
    ...choiceFigures(delta),
    sentiment: sentimentFigures(at),
    kinds: byName(KINDS, (kind) => at(`k.${kind}`)),
    themes: themeFigures(delta, at),
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

function sentimentFigures(at: (path: string) => number): Figures['sentiment'] {
  const counts = byName(SENTIMENT_LABELS, (label) => at(`s.${label}`));
  const scored = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return { ...counts, unscored: at('s.unscored'), mean: scored ? at('s.sum') / 1000 / scored : null };
}

function themeFigures(delta: Delta, at: (path: string) => number): ThemeFigures[] {
  const themes: ThemeFigures[] = [];
  for (const [path, mentions] of delta) {
    const theme = /^t\.([^.]+)\.n$/.exec(path)?.[1];
    if (theme === undefined) continue;
    themes.push({
      theme,
      mentions,
      feedback: at(`t.${theme}.f`),
      sentiment: byName(SENTIMENT_LABELS, (label) => at(`t.${theme}.s.${label}`)),
    });
  }
  return themes.sort((a, b) => b.mentions - a.mentions || (a.theme < b.theme ? -1 : 1));
}
