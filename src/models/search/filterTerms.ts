import { CHOICES, type ChoiceName, RATINGS, type RatingName } from '../../aggregates/contribution.ts';
import { spellingsOf } from '../../ingest/names/labels.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import { type FeedbackFilter, otherListOf } from '../feedback/findFeedback.ts';

/** The fields of a feedback that the index holds, and its text. */
export type Indexed = Pick<FeedbackDocument, '_id' | 'createdAt'> &
  Partial<Omit<FeedbackDocument, '_id' | 'createdAt' | 'analysis'>> & {
    analysis: {
      kind?: FeedbackDocument['analysis']['kind'];
      sentiment: { label: string } | null;
      mentions: { theme: string; sentiment: { label: string } }[];
    };
  };

/** Fields that `termsOf` and the words need. */
export const INDEXED_FIELDS = {
  orgId: 1,
  createdAt: 1,
  improvements: 1,
  experiment: 1,
  variant: 1,
  tags: 1,
  other: 1,
  'analysis.kind': 1,
  'analysis.sentiment.label': 1,
  'analysis.mentions.theme': 1,
  'analysis.mentions.sentiment.label': 1,
  ...Object.fromEntries([...RATINGS, ...CHOICES].map((field) => [field, 1])),
} as const;

/** First letter of the terms of words. All other terms are filters. */
export const WORD_TERM = 'w';

const term = {
  org: (orgId: string) => `o${orgId}`,
  rating: (index: number, stars: number) => `r${index}${stars}`,
  choice: (index: number, choice: string) => `c${index}${choice}`,
  other: (scope: 'org' | 'all', question: ChoiceName) => `x${scope} ${question}`,
  kind: (kind: string) => `k${kind}`,
  sentiment: (label: string) => `s${label}`,
  theme: (theme: string) => `t${theme}`,
  mention: (theme: string, label: string) => `m${theme} ${label}`,
  tag: (tag: string) => `g${tag}`,
  experiment: (name: string) => `e${name}`,
  variant: (name: string) => `v${name}`,
};

/** A field whose values are counted: those of the filters with the same names. */
export type Facet =
  | 'orgId'
  | RatingName
  | ChoiceName
  | 'kind'
  | 'sentiment'
  | 'theme'
  | 'tag'
  | 'experiment'
  | 'variant';

/** First letters of the terms that are values of facets. */
export const FACET_PREFIXES = ['o', 'r', 'c', 'k', 's', 't', 'g', 'e', 'v'] as const;

const FACETS: Record<string, Facet> = {
  ...{ o: 'orgId', k: 'kind', s: 'sentiment', t: 'theme', g: 'tag', e: 'experiment', v: 'variant' },
};

/** The facet and the value that a term says; undefined if it says none. */
export function facetOf(term: string): { facet: Facet; value: string } | undefined {
  const rest = term.slice(1);
  if (term.startsWith('r')) return { facet: RATINGS[Number(rest[0])]!, value: rest.slice(1) };
  if (term.startsWith('c')) return { facet: CHOICES[Number(rest[0])]!, value: rest.slice(1) };
  const facet = FACETS[term[0]!];
  return facet && { facet, value: rest };
}

/** Calls `add` with each term of a feedback but its words. A theme is added once for each clause about it. */
export function termsOf(feedback: Indexed, add: (term: string) => void): void {
  const { orgId, experiment, variant, tags, other, analysis } = feedback;
  if (orgId !== undefined) add(term.org(orgId));
  RATINGS.forEach((name, index) => {
    const stars = feedback[name];
    if (stars !== undefined) add(term.rating(index, stars));
  });
  CHOICES.forEach((name, index) => {
    const choice = feedback[name];
    if (choice !== undefined) add(term.choice(index, choice));
  });
  for (const scope of ['org', 'all'] as const)
    for (const question of other?.[scope] ?? []) add(term.other(scope, question));
  if (analysis.kind) add(term.kind(analysis.kind));
  add(term.sentiment(analysis.sentiment?.label ?? 'unscored'));
  for (const { theme, sentiment } of analysis.mentions) {
    add(term.theme(theme));
    add(term.mention(theme, sentiment.label));
  }
  if (tags) for (const tag of new Set(tags)) add(term.tag(tag));
  if (experiment !== undefined) add(term.experiment(experiment));
  if (variant !== undefined) add(term.variant(variant));
}

/** Terms of which a feedback needs one: these, or those that begin with a prefix and pass a test. */
export type TermCondition = { terms: readonly string[] } | { prefix: string; test(rest: string): boolean };

export interface FilterTerms {
  conditions: TermCondition[];
  /** condition whose postings are the clauses that a theme filter counts */
  clauses: TermCondition | undefined;
}

/** The conditions of a filter, but for users, sessions, times and words. */
export function filterTermsOf(filter: FeedbackFilter): FilterTerms {
  const conditions: TermCondition[] = [];
  const anyOf = (...terms: string[]) => conditions.push({ terms });
  const { orgId, ratings, otherAnswer, kind, sentiment, theme, themeSentiment } = filter;
  if (orgId !== undefined) anyOf(term.org(orgId));
  RATINGS.forEach((name, index) => {
    const range = ratings?.[name];
    if (range)
      anyOf(...[1, 2, 3, 4, 5].filter((n) => n >= range.min && n <= range.max).map((n) => term.rating(index, n)));
  });
  CHOICES.forEach((name, index) => {
    const choice = filter[name];
    if (!choice) return;
    if ('exactly' in choice) anyOf(...spellingsOf(choice.exactly).map((text) => term.choice(index, text)));
    else {
      const pattern = wordIn(choice.word);
      conditions.push({ prefix: term.choice(index, ''), test: (answer) => pattern.test(answer) });
    }
  });
  if (otherAnswer !== undefined) anyOf(term.other(otherListOf(filter), otherAnswer));
  if (kind !== undefined) anyOf(term.kind(kind));
  if (sentiment !== undefined) anyOf(term.sentiment(sentiment));
  if (theme !== undefined)
    anyOf(themeSentiment === undefined ? term.theme(theme) : term.mention(theme, themeSentiment));
  const clauses = theme === undefined ? undefined : conditions.at(-1);
  for (const [name, value] of [
    ['tag', filter.tag],
    ['experiment', filter.experiment],
    ['variant', filter.variant],
  ] as const)
    if (value !== undefined) anyOf(...spellingsOf(value).map(term[name]));
  return { conditions, clauses };
}

/** The same as `wordPattern`, in the notation of JavaScript. */
function wordIn(words: string): RegExp {
  const spellings = spellingsOf(words).map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${spellings.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
}
