import { z } from 'zod';
import { MAX_TAGS } from '../feedbackSchema.ts';
import { newIdSchema } from '../names/ids.ts';
import { labelSchema } from '../names/labels.ts';
import { dateFormatSchema, timeZoneSchema } from './dateFormat.ts';

/** Limits of one mapping. */
export const MAPPING_LIMITS = {
  columns: 500,
  columnCharacters: 500,
  tableEntries: 200,
  cellCharacters: 200,
  noAnswer: 50,
  affixCharacters: 50,
  skipRows: 10,
} as const;

export const RATING_FIELDS = ['overallRating', 'uxRating', 'growMethodRating'] as const;
export const CHOICE_FIELDS = ['easeOfUse', 'helpfulness', 'willingToPay', 'experiment', 'variant'] as const;
export const ID_FIELDS = ['id', 'orgId', 'userId', 'sessionId'] as const;
/** Languages of names of months and weekdays that a date format can have. */
export const LOCALES = [
  ...['bg', 'ca', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'fi', 'fr', 'hr', 'hu', 'id', 'it', 'lt', 'lv'],
  ...['nb', 'nl', 'pl', 'pt', 'ro', 'ru', 'sk', 'sl', 'sv', 'tr', 'uk', 'vi'],
] as const;
/** Named ways to read a rating. */
export const RATING_READINGS = ['number', 'leadingNumber', 'stars', 'nps'] as const;

const cellText = z.string().min(1).max(MAPPING_LIMITS.cellCharacters);
const prefix = z.string().min(1).max(MAPPING_LIMITS.affixCharacters);

const tableSchema = z
  .record(cellText, z.int().min(1).max(5).nullable())
  .refine((table) => isCountWithin(1, MAPPING_LIMITS.tableEntries, table), {
    error: `must hold 1 to ${MAPPING_LIMITS.tableEntries} texts of cells`,
  })
  .meta({
    minProperties: 1,
    maxProperties: MAPPING_LIMITS.tableEntries,
    description:
      'text of a cell → rating; null: no answer. Case and repeated spaces make no difference; a cell that is not in the table is refused.',
    example: {
      'Very satisfied': 5,
      Satisfied: 4,
      Neutral: 3,
      Unsatisfied: 2,
      'Very unsatisfied': 1,
      "Don't know": null,
    },
  });

const ratingRule = z.strictObject({
  field: z.enum(RATING_FIELDS),
  rating: z
    .union([z.enum(RATING_READINGS), z.strictObject({ table: tableSchema })], {
      error: `must be one of ${RATING_READINGS.join(', ')}, or {"table": {"text of a cell": 1 to 5, …}}`,
    })
    .optional()
    .meta({
      description:
        '`number` (the default): `4`, `4.0` or `4,0`. `leadingNumber`: the number that the cell begins with, such as `4 - Satisfied` or `4 / 5`. `stars`: `★★★★` or `★★★★☆`. `nps`: 0 to 10, read as 0–2 → 1, 3–4 → 2, 5–6 → 3, 7–8 → 4, 9–10 → 5. A table for any other scale.',
      example: 'leadingNumber',
    }),
});

const choiceRule = z.strictObject({ field: z.enum(CHOICE_FIELDS) });

const textRule = z.strictObject({
  field: z
    .literal('improvements')
    .meta({ description: 'Texts of several columns are joined in the order of the file, with an empty line between.' }),
});

const idRule = z.strictObject({
  field: z.enum(ID_FIELDS),
  prefix: prefix.optional().meta({
    description: 'Begins each id, so that numbers of two files stay apart.',
    example: 'survey-2026-',
  }),
});

const timeRule = z.strictObject({
  field: z.literal('createdAt'),
  format: dateFormatSchema.optional(),
  locale: z
    .enum(LOCALES, { error: `must be one of ${LOCALES.join(', ')}` })
    .optional()
    .meta({ description: 'Language of the names of months in `format`. Default: en.', example: 'de' }),
  zone: timeZoneSchema.optional(),
  unit: z
    .enum(['milliseconds', 'seconds', 'excelSerial'], {
      error: 'must be one of milliseconds, seconds, excelSerial',
    })
    .optional()
    .meta({
      description:
        'Meaning of a cell that is a number: milliseconds or seconds since 1970, or days since 1900 as in a spreadsheet. Without it, such a cell is refused.',
    }),
});

const tagsRule = z.strictObject({
  field: z.literal('tags'),
  separator: z
    .string()
    .min(1)
    .max(5)
    .optional()
    .meta({ description: 'Separates the tags of one cell. Default: a cell is one tag.', example: ';' }),
  prefix: prefix.optional().meta({ description: 'Begins each tag of this column.', example: 'plan: ' }),
  tag: labelSchema.optional().meta({
    description: 'Tag of the rows whose cell says yes, true, x or 1; a cell that says no, false or 0 adds nothing.',
    example: 'asked-for-refund',
  }),
});

const leaveOutRule = z.strictObject({ leaveOut: z.literal(true) });

const fieldRuleSchema = z.discriminatedUnion('field', [ratingRule, choiceRule, textRule, idRule, timeRule, tagsRule], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? `must be one of ${[...RATING_FIELDS, ...CHOICE_FIELDS, ...ID_FIELDS, 'improvements', 'createdAt', 'tags'].join(', ')}`
      : undefined,
});

const RULE = 'must be a rule such as {"field": "overallRating"}, or {"leaveOut": true}';

/** Says which property of a rule is wrong, since an error of a union names none. */
function ruleError(issue: { errors?: unknown; input?: unknown }): string {
  if (typeof issue.input !== 'object' || issue.input === null || Array.isArray(issue.input)) return RULE;
  const option = Object.hasOwn(issue.input, 'leaveOut') ? 0 : 1;
  const faults = (issue.errors as z.core.$ZodIssue[][] | undefined)?.[option] ?? [];
  return faults.length === 0 ? RULE : faults.map(faultText).join('; ').slice(0, MAX_MESSAGE_CHARACTERS);
}

function faultText(fault: z.core.$ZodIssue): string {
  if (fault.code === 'unrecognized_keys')
    return `${fault.keys
      .slice(0, 5)
      .map((key) => JSON.stringify(key.slice(0, 50)))
      .join(', ')} is not known here; take it out`;
  return [fault.path.map(String).join('.').slice(0, MAPPING_LIMITS.cellCharacters), fault.message].join(' ').trim();
}

const MAX_MESSAGE_CHARACTERS = 1000;

const columnRuleSchema = z.union([leaveOutRule, fieldRuleSchema], { error: ruleError }).meta({ id: 'ColumnRule' });

const constantsSchema = z.strictObject({
  orgId: newIdSchema.optional().meta({ description: 'Org of all rows.', example: 'acme' }),
  sessionId: newIdSchema.optional(),
  experiment: labelSchema.optional(),
  variant: labelSchema.optional(),
  createdAt: z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 instant with its offset, such as 2026-11-24T09:30:00Z' })
    .optional()
    .meta({ description: 'Time of all rows, if the file has none.', example: '2026-11-24T09:30:00Z' }),
  tags: z.array(labelSchema).max(MAX_TAGS).optional().meta({ description: 'Added to the tags of each row.' }),
});

/** How the columns of a file become fields of feedback. */
export const importMappingSchema = z
  .strictObject({
    columns: z
      .record(z.string().min(1).max(MAPPING_LIMITS.columnCharacters), columnRuleSchema)
      .refine((columns) => isCountWithin(0, MAPPING_LIMITS.columns, columns), {
        error: `must hold at most ${MAPPING_LIMITS.columns} columns`,
      })
      .meta({
        maxProperties: MAPPING_LIMITS.columns,
        description:
          'Name of a column, as in the header, → its rule. In NDJSON a column is a field at the top of each line. If several columns give one field, the first that has an answer counts; two different answers are refused.',
      }),
    constants: constantsSchema
      .optional()
      .meta({ description: 'Fields of every row in which no column gives them.', example: { orgId: 'acme' } }),
    otherColumns: z
      .enum(['refuse', 'leaveOut'], { error: 'must be refuse or leaveOut' })
      .optional()
      .meta({ description: 'Columns that have no rule. Default: `refuse`, so that none is lost without a word.' }),
    missingColumns: z
      .enum(['refuse', 'ignore'], { error: 'must be refuse or ignore' })
      .optional()
      .meta({ description: 'Columns that have a rule and are not in the file. Default: `refuse`.' }),
    skipRows: z.int().min(0).max(MAPPING_LIMITS.skipRows).optional().meta({
      description: 'Number of rows after the header that are no answers, such as a second header row. Default: 0.',
      example: 2,
    }),
    noAnswer: z
      .array(cellText)
      .max(MAPPING_LIMITS.noAnswer)
      .optional()
      .meta({ description: 'Cells that mean that there is no answer.', example: ['N/A', '-'] }),
  })
  .meta({
    id: 'ImportMapping',
    description: 'How the columns of a file become fields of feedback.',
    examples: [
      {
        columns: {
          'How satisfied are you?': { field: 'overallRating', rating: 'leadingNumber' },
          Submitted: { field: 'createdAt', format: 'dd/MM/yyyy HH:mm', zone: 'Europe/Berlin' },
          Labels: { field: 'tags', separator: ';' },
          'Internal note': { leaveOut: true },
        },
        constants: { orgId: 'acme', tags: ['survey-2026'] },
        otherColumns: 'refuse',
      },
    ],
  });

const isCountWithin = (min: number, max: number, record: object) => {
  const count = Object.keys(record).length;
  return count >= min && count <= max;
};

export type ImportMapping = z.infer<typeof importMappingSchema>;
export type ColumnRule = z.infer<typeof columnRuleSchema>;
export type FieldRule = z.infer<typeof fieldRuleSchema>;
export type RatingRule = z.infer<typeof ratingRule>;
export type TimeRule = z.infer<typeof timeRule>;
export type TagsRule = z.infer<typeof tagsRule>;
export type IdRule = z.infer<typeof idRule>;

/** A fault of one column in one row, or of the mapping. */
export interface ColumnError {
  /** null: the row as a whole */
  column: string | null;
  /** says what is wrong and how to mend it; holds nothing of the cell, so that equal faults can be counted */
  message: string;
  /** the cell, cut to 100 characters */
  value?: string;
}
