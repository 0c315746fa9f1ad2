import { expect, it } from '@jest/globals';
import { queries } from '../../../src/api/reading/querySchemas.ts';

const BLANKS = ' '.repeat(5_000);

it.each([
  [`${BLANKS}Very easy${BLANKS}`, 'Very easy'],
  [`"${BLANKS}Very easy${BLANKS}"`, '"Very easy"'],
  ['Very easy ', 'Very easy '],
  ['"$& easy "', '"$& easy "'],
])('an answer to search for has 100 characters at most', (typed, read) => {
  expect(queries.feedback.parse({ easeOfUse: typed })).toMatchObject({ easeOfUse: read });
});
