import { CHOICES, RATINGS } from '../../aggregates/contribution.ts';
import { columnKey, comparable } from './cells.ts';
import { hasOffset } from './dateFormat.ts';
import { type ColumnError, type ColumnRule, type ImportMapping, MAPPING_LIMITS } from './importMapping.ts';

/** A mapping that does not fit a file. */
export class UnfitMapping extends Error {
  readonly errors: readonly ColumnError[];

  constructor(errors: readonly ColumnError[]) {
    super(errors.map(({ column, message }) => (column === null ? message : `${column}: ${message}`)).join('; '));
    this.errors = errors;
  }
}

/** Fields of which a row needs one. */
const ANSWERS = new Set<string>([...RATINGS, ...CHOICES, 'improvements']);

/** Max names that one message lists. */
const MAX_NAMES = 20;

/**
 * Faults of a mapping for a file with these columns, for which the file would be refused as a whole. `columns`: null if
 * each row names its own.
 */
export function checkColumns(mapping: ImportMapping, columns: readonly string[] | null): ColumnError[] {
  const rules = Object.entries(mapping.columns);
  const errors: ColumnError[] = rules.flatMap(([column, rule]) =>
    checkRule(rule).map((message) => ({ column, message })),
  );
  const known = new Set<string>();
  for (const [column] of rules) {
    if (known.has(columnKey(column))) errors.push({ column, message: 'has two rules, of the same name' });
    known.add(columnKey(column));
  }
  if (columns) errors.push(...checkNames(mapping, known, columns));
  if (!rules.some(([, rule]) => 'field' in rule && ANSWERS.has(rule.field)))
    return [...errors, { column: null, message: `no column gives an answer; map one to ${[...ANSWERS].join(', ')}` }];
  return errors;
}

function checkNames(mapping: ImportMapping, known: ReadonlySet<string>, columns: readonly string[]): ColumnError[] {
  const errors: ColumnError[] = [];
  const inFile = new Set<string>();
  for (const column of columns) {
    const key = columnKey(column);
    if (inFile.has(key)) errors.push({ column, message: 'is there twice in the file; rename one of them' });
    else if (key.length > MAPPING_LIMITS.columnCharacters)
      errors.push({
        column,
        message: `has a name of over ${MAPPING_LIMITS.columnCharacters} characters; shorten it in the header`,
      });
    else if (!known.has(key) && mapping.otherColumns !== 'leaveOut')
      errors.push({
        column,
        message: 'has no rule; add one, leave it out with {"leaveOut": true}, or set "otherColumns" to "leaveOut"',
      });
    inFile.add(key);
  }
  if (mapping.missingColumns === 'ignore') return errors;
  for (const [column, rule] of Object.entries(mapping.columns))
    if ('field' in rule && !inFile.has(columnKey(column)))
      errors.push({
        column,
        message: `is not in the file; its columns are ${listed(columns)}. Mend the name, or take the column out of the mapping`,
      });
  return errors;
}

function checkRule(rule: ColumnRule): string[] {
  if (!('field' in rule)) return [];
  if (rule.field === 'createdAt' && rule.format !== undefined && rule.zone === undefined && !hasOffset(rule.format))
    return [
      'needs "zone", since its format has no offset: the time zone in which the times were written, such as "Europe/Berlin"',
    ];
  if ('rating' in rule && typeof rule.rating === 'object') {
    const texts = Object.keys(rule.rating.table).map(comparable);
    if (new Set(texts).size < texts.length) return ['has a table with the same text twice'];
  }
  return [];
}

const listed = (names: readonly string[]) =>
  names.length <= MAX_NAMES
    ? names.join(', ')
    : `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more`;
