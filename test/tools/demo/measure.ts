import { type DemoFeedback, generateDemo } from '../../../tools/demo/generateDemo.ts';

export const UNTIL = new Date('2026-03-02T10:15:00Z');
const DAY_MS = 86_400_000;
const start = Math.floor(UNTIL.getTime() / DAY_MS) * DAY_MS - 90 * DAY_MS;

/** The demo with the default seed and a fixed end. */
export const demo: readonly DemoFeedback[] = [...generateDemo({ until: UNTIL })];

/** The day of a feedback as STORIES.md counts them, from 1 to 90. */
export function dayOf({ createdAt }: DemoFeedback): number {
  return Math.floor((Date.parse(createdAt) - start) / DAY_MS) + 1;
}

export type Rating = 'overallRating' | 'uxRating' | 'growMethodRating';

export function mean(feedback: readonly DemoFeedback[], rating: Rating): number {
  const { sum, values } = ratings(feedback, rating);
  return sum / values.length;
}

/** Welch's t of the difference between two means. Beyond ±2, chance is unlikely in groups this large. */
export function welch(a: readonly DemoFeedback[], b: readonly DemoFeedback[], rating: Rating): number {
  const [errorA, errorB] = [a, b].map((group) => {
    const { values, sum } = ratings(group, rating);
    const average = sum / values.length;
    return values.reduce((total, value) => total + (value - average) ** 2, 0) / (values.length - 1) / values.length;
  });
  return (mean(b, rating) - mean(a, rating)) / Math.sqrt(errorA! + errorB!);
}

function ratings(feedback: readonly DemoFeedback[], rating: Rating) {
  const values = feedback.map((each) => each[rating]).filter((value) => value !== undefined);
  return { values, sum: values.reduce((a, b) => a + b, 0) };
}

export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\d']+/gu) ?? [];
}
