import type { ChoiceFilter } from '../../models/feedback/findFeedback.ts';

/** A filter by a word of the answer, or by the whole answer in double quotes. */
export function wordOrQuoted(text: string | undefined): ChoiceFilter | undefined {
  if (text === undefined) return undefined;
  const answer = quoted(text);
  return answer === undefined ? { word: text } : { exactly: answer };
}

/** A filter by the whole answer, with or without double quotes. */
export function wholeAnswer(text: string | undefined): ChoiceFilter | undefined {
  return text === undefined ? undefined : { exactly: quoted(text) ?? text };
}

const quoted = (text: string) => /^"(.+)"$/.exec(text)?.[1];
