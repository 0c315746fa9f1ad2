import { describe, expect, it } from '@jest/globals';
import { CellFault } from '../../../src/ingest/imports/cells.ts';
import type { RatingRule } from '../../../src/ingest/imports/importMapping.ts';
import { createRatingReader } from '../../../src/ingest/imports/readRating.ts';

function read(rating: RatingRule['rating'], cell: unknown): unknown {
  const value = createRatingReader({ field: 'overallRating', ...(rating && { rating }) })(cell);
  return value instanceof CellFault ? `fault: ${value.message}` : value;
}

describe('a rating', () => {
  it.each([
    [undefined, '3', 3],
    [undefined, ' 4 ', 4],
    [undefined, '4,0', 4],
    [undefined, '2.00', 2],
    [undefined, 5, 5],
    ['leadingNumber', '5 - Very satisfied', 5],
    ['leadingNumber', '1: trifft nicht zu', 1],
    ['leadingNumber', '4 stars', 4],
    ['leadingNumber', '4,0 Punkte', 4],
    ['leadingNumber', '3/5', 3],
    ['leadingNumber', '2 out of 5', 2],
    ['leadingNumber', '5 von 5 Sternen', 5],
    ['leadingNumber', '4 sur 5', 4],
    ['leadingNumber', '3', 3],
    ['stars', '★★★★', 4],
    ['stars', '★★★★☆', 4],
    ['stars', '⭐️⭐️⭐️', 3],
    ['stars', '⭐ ⭐', 2],
    ['stars', '*****', 5],
    ['nps', '0', 1],
    ['nps', '6', 3],
    ['nps', 7, 4],
    ['nps', '9', 5],
    ['nps', '10', 5],
  ] as const)('%s %j is read as %j', (rating, cell, expected) => {
    expect(read(rating, cell)).toBe(expected);
  });

  it.each([
    [undefined, '4,5', 'not a whole number'],
    [undefined, 3.7, 'not a whole number'],
    [undefined, '0', 'not from 1 to 5'],
    [undefined, '10', 'not from 1 to 5'],
    [undefined, '-3', 'not from 1 to 5'],
    [undefined, 'four', 'not a number'],
    [undefined, '5 - Very satisfied', '"leadingNumber"'],
    [undefined, true, 'not a number'],
    [undefined, new Date(0), 'is a date'],
    [undefined, ['4'], 'a list or an object'],
    ['leadingNumber', '4.5 stars', 'not a whole number'],
    ['leadingNumber', '3-5 times', 'more than one number'],
    ['leadingNumber', '4 (1 to 5)', 'more than one number'],
    ['leadingNumber', '8 / 10', 'not out of 5'],
    ['leadingNumber', '4 out of 7', 'not out of 5'],
    ['leadingNumber', '5+ years', 'does not begin'],
    ['leadingNumber', '4th', 'does not begin'],
    ['leadingNumber', 'Rated 4', 'does not begin'],
    ['leadingNumber', '12 apples', 'not from 1 to 5'],
    ['stars', '★★★☆', 'not 1 to 5 stars'],
    ['stars', '★★★★★★', 'not 1 to 5 stars'],
    ['stars', '☆☆☆☆☆', 'not 1 to 5 stars'],
    ['stars', '☆★', 'not 1 to 5 stars'],
    ['stars', '★★½', 'not 1 to 5 stars'],
    ['stars', '4', 'not 1 to 5 stars'],
    ['nps', '11', 'from 0 to 10'],
    ['nps', '7.5', 'from 0 to 10'],
    ['nps', '-1', 'from 0 to 10'],
  ] as const)('%s %j is refused', (rating, cell, reason) => {
    expect(read(rating, cell)).toContain('fault: ');
    expect(read(rating, cell)).toContain(reason);
  });

  it.each([undefined, null, '', '  ', '\u00a0'])('%j is no answer', (cell) => {
    for (const rating of [undefined, 'leadingNumber', 'stars', 'nps'] as const)
      expect(read(rating, cell)).toBeUndefined();
  });

  it('of a table is found without regard to case, blanks and forms of Unicode, and refused if it is not there', () => {
    const table = { 'Très satisfait': 5, Moyen: 3, 'Je ne sais pas': null, '7': 5 };
    expect(read({ table }, 'tre\u0300s  satisfait ')).toBe(5);
    expect(read({ table }, 'MOYEN')).toBe(3);
    expect(read({ table }, 7)).toBe(5);
    expect(read({ table }, 'je ne sais pas')).toBeUndefined();
    expect(read({ table }, 'Satisfait')).toContain('not in the table');
  });

  it('keeps the Net Promoter Score exact', () => {
    const groups = Array.from({ length: 11 }, (_, score) => read('nps', score) as number).map((rating) =>
      rating === 5 ? 'promoter' : rating === 4 ? 'passive' : 'detractor',
    );
    expect(groups).toEqual([...Array(7).fill('detractor'), 'passive', 'passive', 'promoter', 'promoter']);
  });
});
