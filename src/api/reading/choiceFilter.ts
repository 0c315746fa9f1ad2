import type { ChoiceFilter } from '../../models/feedback/findFeedback.ts';

/** A filter by a word of the answer, or by the whole answer in double quotes. */
export function wordOrQuoted(text: string | undefined): ChoiceFilter | undefined {
  if (text === undefined) return undefined;
  const answer = withoutQuotes(text);
  return answer === text ? { word: text } : { exactly: answer };
}

/** A filter by the whole answer, with or without double quotes. */
export function wholeAnswer(text: string | undefined): ChoiceFilter | undefined {
  return text === undefined ? undefined : { exactly: withoutQuotes(text) };
}

/** The text between double quotes at the ends; the text itself without them. */
export const withoutQuotes = (text: string) => /^\s*"(.+)"\s*$/.exec(text)?.[1] ?? text;
