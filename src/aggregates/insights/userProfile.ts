import { CHOICES, RATINGS } from '../contribution.ts';
import type { Delta } from '../delta.ts';
import { figuresOf, type ThemeFigures } from '../figures.ts';

/** Facts about a user, for an app that adapts to them. */
export interface UserProfile {
  /** number of feedback */
  feedback: number;
  /** mean overall rating, 1 to 5; null without one */
  rating: number | null;
  mood: 'happy' | 'neutral' | 'unhappy' | 'unknown';
  /** themes that their texts are mostly positive about, most mentioned first, at most three */
  likes: string[];
  dislikes: string[];
  /** their most frequent answer; null without one */
  willingToPay: string | null;
  /** questions that they never answered */
  unanswered: string[];
}

/** Max themes of each list. */
const MAX_THEMES = 3;
/** Mean ratings, and mean sentiments if there are no ratings, from which on and down to which a user counts as happy or not. */
const MOOD = { rating: { happy: 4, unhappy: 2.5 }, sentiment: { happy: 0.25, unhappy: -0.25 } };

export function userProfile(delta: Delta): UserProfile {
  const { count, ratings, sentiment, themes, choices, otherChoices } = figuresOf(delta);
  const rating = ratings.overallRating.mean;
  const leaning = (from: 'positive' | 'negative', to: 'positive' | 'negative') =>
    themes
      .filter((theme: ThemeFigures) => theme.sentiment[from] > theme.sentiment[to])
      .slice(0, MAX_THEMES)
      .map(({ theme }) => theme);
  return {
    feedback: count,
    rating,
    mood: rating === null ? moodOf(sentiment.mean, MOOD.sentiment) : moodOf(rating, MOOD.rating),
    likes: leaning('positive', 'negative'),
    dislikes: leaning('negative', 'positive'),
    willingToPay: mostFrequent(choices.willingToPay),
    unanswered: [
      ...RATINGS.filter((name) => ratings[name].count === 0),
      ...CHOICES.filter((name) => Object.keys(choices[name]).length === 0 && !otherChoices[name]),
    ],
  };
}

/** Objects list names that are whole numbers first, whatever their counts. */
function mostFrequent(counts: Record<string, number>): string | null {
  const sorted = Object.entries(counts).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return sorted[0]?.[0] ?? null;
}

function moodOf(mean: number | null, limits: { happy: number; unhappy: number }): UserProfile['mood'] {
  if (mean === null) return 'unknown';
  if (mean >= limits.happy) return 'happy';
  return mean <= limits.unhappy ? 'unhappy' : 'neutral';
}
