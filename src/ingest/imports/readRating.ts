import { CellFault, comparable, type Read, readText } from './cells.ts';
import type { RatingRule } from './importMapping.ts';

/**
 * Rating of each answer from 0 to 10 to "how likely are you to recommend us". The bounds are those of the Net Promoter
 * Score: promoters (9, 10) are 5, passives (7, 8) are 4, detractors (0 to 6) are 1 to 3, so the score can be computed
 * from the ratings exactly.
 */
export const NPS_RATINGS = [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5] as const;

const fault = (message: string) => new CellFault(message);
const NOT_NUMBER = fault(
  'is not a number; "rating" can be "leadingNumber" for `4 - Satisfied`, "stars" for `★★★★`, or a table for words',
);
const NOT_WHOLE = fault(
  'is not a whole number; a rating is 1, 2, 3, 4 or 5, and a table can say which of them this is',
);
const OUT_OF_RANGE = fault('is not from 1 to 5; "rating" can be "nps" for 0 to 10, or a table for another scale');
const NOT_NPS = fault('is not a whole number from 0 to 10');
const NO_LEADING_NUMBER = fault('does not begin with a number from 1 to 5');
const SEVERAL_NUMBERS = fault('holds more than one number, so the rating is not clear; use a table');
const NOT_OUT_OF_FIVE = fault('is not out of 5; use a table for another scale');
const NOT_STARS = fault('is not 1 to 5 stars, such as ★★★★ or ★★★★☆; put other cells into a table or into "noAnswer"');
const NOT_IN_TABLE = fault(
  'is not in the table of its column; add it with a rating from 1 to 5, or with null for no answer',
);

/** Makes the reader of a column of ratings. It gives 1 to 5, undefined if there is no answer, or a fault. */
export function createRatingReader({ rating = 'number' }: RatingRule): (cell: unknown) => Read<number> {
  const parse = typeof rating === 'string' ? PARSERS[rating] : tableParser(rating.table);
  return (cell) => {
    const text = readText(cell);
    return typeof text === 'string' ? parse(text) : text;
  };
}

const PARSERS = { number: parseNumber, leadingNumber: parseLeadingNumber, stars: parseStars, nps: parseNps };

function parseNumber(text: string): Read<number> {
  const match = /^([+-]?\d{1,15})(?:[.,](\d{1,15}))?$/.exec(text);
  return match ? wholeRating(match[1]!, match[2]) : NOT_NUMBER;
}

/** A rating from the digits before and after the decimal sign. */
function wholeRating(whole: string, decimals = ''): number | CellFault {
  if (/[1-9]/.test(decimals)) return NOT_WHOLE;
  const value = Number(whole);
  return value >= 1 && value <= 5 ? value : OUT_OF_RANGE;
}

/** Words between a rating and its maximum, such as `4 out of 5`. */
const OUT_OF = /^\s{0,5}(?:\/|(?:out of|of|von|sur|de|di|van|av)\s)\s{0,5}(\d{1,15})(?:[.,]0{1,5})?/i;

function parseLeadingNumber(text: string): Read<number> {
  const number = /^(\d{1,15})(?:[.,](\d{1,15}))?(?![\p{L}\p{N}+])/u.exec(text);
  if (!number) return NO_LEADING_NUMBER;
  let rest = text.slice(number[0].length);
  const outOf = OUT_OF.exec(rest);
  if (outOf) {
    if (Number(outOf[1]) !== 5) return NOT_OUT_OF_FIVE;
    rest = rest.slice(outOf[0].length);
  }
  return /\p{N}/u.test(rest) ? SEVERAL_NUMBERS : wholeRating(number[1]!, number[2]);
}

/** Filled stars, then empty ones. U+FE0F asks for the coloured form of the character before it. */
const STARS = /^((?:[★⭐🌟✭✮*]\uFE0F?\s?){1,10})((?:[☆✩✰]\uFE0F?\s?){0,10})$/u;

function parseStars(text: string): Read<number> {
  const match = STARS.exec(text);
  if (!match) return NOT_STARS;
  const [filled, empty] = [countStars(match[1]!), countStars(match[2]!)];
  return filled <= 5 && (empty === 0 || filled + empty === 5) ? filled : NOT_STARS;
}

const countStars = (text: string) => [...text.replace(/[\uFE0F\s]/g, '')].length;

function parseNps(text: string): Read<number> {
  const match = /^(\d{1,2})(?:[.,]0{1,15})?$/.exec(text);
  return (match && NPS_RATINGS[Number(match[1])]) ?? NOT_NPS;
}

function tableParser(table: Record<string, number | null>): (text: string) => Read<number> {
  const ratings = new Map(Object.entries(table).map(([text, rating]) => [comparable(text), rating]));
  return (text) => {
    const rating = ratings.get(comparable(text));
    return rating === undefined ? NOT_IN_TABLE : (rating ?? undefined);
  };
}
