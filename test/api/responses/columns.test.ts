import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { columnsOf } from '../../../src/api/responses/columns.ts';
import { pick, selectionOf } from '../../../src/api/responses/fieldSelection.ts';
import { columnsSchema, partOf } from '../../../src/api/responses/partialSchemas.ts';
import { fieldNames, shapeOf } from '../../../src/api/responses/responseShape.ts';

const THEMES = ['speed', 'price', '__proto__'];
const item = z.strictObject({
  from: z.string(),
  count: z.int(),
  mean: z.number().nullable(),
  choices: z.record(z.string(), z.int()),
  ratings: z.strictObject({ overall: z.strictObject({ count: z.int(), distribution: z.array(z.int()).length(2) }) }),
  themes: z.array(
    z.strictObject({ theme: z.string(), mentions: z.int(), sentiment: z.strictObject({ good: z.int() }) }),
  ),
});
type Item = z.infer<typeof item>;
const shape = shapeOf(item);
const names = fieldNames(shape);

const counts = fc.nat(9);
const items: fc.Arbitrary<Item[]> = fc.array(
  fc.record({
    from: fc.string(),
    count: counts,
    mean: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
    choices: fc.dictionary(
      fc.constantFrom('Yes', 'No, never', 'a.b', 'constructor'),
      counts.map((n) => n + 1),
    ),
    ratings: fc.record({
      overall: fc.record({ count: counts, distribution: fc.tuple(counts, counts).map((pair): number[] => pair) }),
    }),
    themes: fc.uniqueArray(
      fc.record({
        theme: fc.constantFrom(...THEMES),
        mentions: counts.map((n) => n + 1),
        sentiment: fc.record({ good: counts }),
      }),
      { selector: ({ theme }) => theme },
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Rows again. A choice or theme with a count of 0 is one that the row lacks. */
// biome-ignore lint/suspicious/noExplicitAny: columns of any structure
function rowsOf(columns: any, length: number): Item[] {
  const at = (n: number) => (column: unknown[]) => column[n];
  return Array.from({ length }, (_, n) => {
    const value = at(n);
    const { overall } = columns.ratings;
    return {
      from: value(columns.from),
      count: value(columns.count),
      mean: value(columns.mean),
      choices: Object.fromEntries(
        Object.entries(columns.choices as Record<string, number[]>)
          .map(([choice, column]) => [choice, value(column)])
          .filter(([, count]) => count !== 0),
      ),
      ratings: { overall: { count: value(overall.count), distribution: value(overall.distribution) } },
      themes: Object.entries(columns.themes as Record<string, { mentions: number[]; sentiment: { good: number[] } }>)
        .map(([theme, { mentions, sentiment }]) => ({
          theme,
          mentions: value(mentions),
          sentiment: { good: value(sentiment.good) },
        }))
        .filter(({ mentions }) => mentions !== 0),
    } as Item;
  });
}

const sorted = (rows: Item[]) =>
  rows.map((row) => ({ ...row, themes: row.themes.toSorted((a, b) => (a.theme < b.theme ? -1 : 1)) }));

describe('columns', () => {
  it('hold exactly what the rows hold', () => {
    fc.assert(
      fc.property(items, (rows) => {
        const columns = columnsOf(rows, shape);
        expect(columnsSchema(item).safeParse(columns).error?.issues).toBeUndefined();
        expect(sorted(rowsOf(columns, rows.length))).toEqual(sorted(rows));
      }),
    );
  });

  it('of no rows are empty lists under the same names', () => {
    expect(columnsOf([], shape)).toEqual({
      from: [],
      count: [],
      mean: [],
      choices: {},
      ratings: { overall: { count: [], distribution: [] } },
      themes: {},
    });
  });

  it('are there for selected fields only, and hold the same values', () => {
    fc.assert(
      fc.property(items, fc.subarray(names, { minLength: 1 }), (rows, chosen) => {
        const { selected } = selectionOf(chosen, shape);
        const whole = columnsOf(rows, shape);
        const part = columnsOf(
          rows.map((row) => pick(row, selected)),
          shape,
          selected,
        );
        expect(whole).toMatchObject(part as object);
        const first = new Set(chosen.map((name) => name.split('.')[0]));
        expect(new Set(Object.keys(part))).toEqual(first);
      }),
    );
  });
});

describe('selected fields', () => {
  it('have the values of the whole, and fit the schema of a part', () => {
    fc.assert(
      fc.property(items, fc.subarray(names, { minLength: 1 }), ([row], chosen) => {
        const part = pick(row, selectionOf(chosen, shape).selected);
        expect(row).toMatchObject(part as object);
        expect(partOf(item).safeParse(part).error?.issues).toBeUndefined();
      }),
    );
  });

  it('inside a list keep the name of each item', () => {
    const themes = [{ theme: 'speed', mentions: 2, sentiment: { good: 1 } }];
    const { selected } = selectionOf(['themes.sentiment.good'], shape);
    expect(pick({ count: 1, themes }, selected)).toEqual({ themes: [{ theme: 'speed', sentiment: { good: 1 } }] });
  });

  it('say which fields need not be computed', () => {
    const fields = selectionOf(['ratings.overall.count', 'count'], shape);
    expect(['count', 'ratings', 'themes'].map((name) => fields.has(name))).toEqual([true, true, false]);
    expect(fields.inside('ratings').has('overall')).toBe(true);
    expect(fields.inside('themes').has('mentions')).toBe(false);
  });
});
