import { columnKey } from '../cells.ts';
import { isTimeZone } from '../dateFormat.ts';
import type { MappingNote } from '../dryRunSchema.ts';
import type { ColumnError, ColumnRule, ImportMapping } from '../importMapping.ts';
import { findPreset, presetRule } from '../presets.ts';
import { type ColumnDescription, describeColumn } from './describeColumn.ts';
import { type ProposedRule, proposeRule } from './proposeRule.ts';

export interface ProposedMapping {
  mapping: ImportMapping;
  /** the reason for each column, and what the mapping leaves open */
  notes: MappingNote[];
  /** questions that must be answered before rows can be read */
  questions: ColumnError[];
  /** name of the shipped mapping that fits the columns */
  preset: string | null;
  columns: ColumnDescription[];
}

type Row = Readonly<Record<string, unknown>>;

/** Fields that several columns can give. */
const SHARED_FIELDS = new Set<string>(['tags', 'improvements']);

/**
 * Proposes a mapping by the names of columns and a sample of rows. It is complete: each column has a rule. Nothing unsure
 * is mapped without a note that says so. `zone`: time zone to propose for local times, such as that of the org.
 */
export function proposeMapping(columns: readonly string[], sample: readonly Row[], zone?: string): ProposedMapping {
  const preset = findPreset(columns);
  const skipped = rowsToSkip(sample, columns, preset?.mapping);
  const rows = sample.slice(skipped);
  const headers = sample.slice(0, skipped);
  const described = columns.map((name) =>
    describeColumn(
      name,
      rows.map((row) => row[name]),
      String(headers[0]?.[name] ?? '').slice(0, MAX_LABEL_CHARACTERS),
    ),
  );
  const fileZone = zoneOfHeaders(headers);
  const proposed = new Map(
    described.map((column) => [
      column.name,
      (preset && presetRule(preset, column.name, { fileZone, zone })) ?? proposeRule(column, zone),
    ]),
  );
  keepBestOfEachField(proposed);

  const notes: MappingNote[] = [...proposed].map(([column, { why, sure }]) => ({ column, why, sure }));
  const fields = new Set([...proposed.values()].map(({ rule }) => ('field' in rule ? rule.field : undefined)));
  if (skipped > 0) notes.push(note(`the first ${skipped} rows after the header are no answers, and are skipped`, true));
  if (!fields.has('createdAt'))
    notes.push(
      note('no column gives a time: feedback counts at the time of the import, unless "constants" has a createdAt'),
    );
  if (!fields.has('orgId'))
    notes.push(note('no column gives an org: add orgId to "constants", unless your key is bound to an org'));
  return {
    mapping: {
      columns: Object.fromEntries([...proposed].map(([name, { rule }]): [string, ColumnRule] => [name, rule])),
      ...(skipped > 0 && { skipRows: skipped }),
      ...(preset?.mapping.noAnswer && { noAnswer: [...preset.mapping.noAnswer] }),
    },
    notes,
    questions: [...proposed].flatMap(([column, { question }]) =>
      question === undefined ? [] : [{ column, message: question }],
    ),
    preset: preset?.name ?? null,
    columns: described,
  };
}

/** Max characters of a question that are looked at. */
const MAX_LABEL_CHARACTERS = 500;

/** Time zone that a header row names, as Qualtrics does. */
function zoneOfHeaders(rows: readonly Row[]): string | undefined {
  for (const row of rows)
    for (const cell of Object.values(row)) {
      const zone = typeof cell === 'string' ? /"timeZone":"([A-Za-z0-9_+/-]{1,50})"/.exec(cell)?.[1] : undefined;
      if (zone !== undefined) return zone === 'Z' ? 'UTC' : isTimeZone(zone) ? zone : undefined;
    }
  return undefined;
}

const note = (why: string, sure = false): MappingNote => ({ column: null, why, sure });

/** Leaves out all but one column for a field that only one can give. */
function keepBestOfEachField(proposed: Map<string, ProposedRule>): void {
  const best = new Map<string, { name: string; rule: ProposedRule }>();
  for (const [name, rule] of proposed) {
    if (!('field' in rule.rule) || SHARED_FIELDS.has(rule.rule.field)) continue;
    const other = best.get(rule.rule.field);
    if (!other || rule.rank > other.rule.rank || (rule.rank === other.rule.rank && rule.sure && !other.rule.sure))
      best.set(rule.rule.field, { name, rule });
  }
  for (const [name, { rule }] of proposed) {
    if (!('field' in rule) || SHARED_FIELDS.has(rule.field)) continue;
    const winner = best.get(rule.field)!.name;
    if (winner !== name)
      proposed.set(name, {
        rule: { leaveOut: true },
        why: `could be ${rule.field}, too, which comes from ${JSON.stringify(winner)}`,
        sure: rule.field === 'createdAt',
        rank: 0,
      });
  }
}

/** Texts with which a survey tool fills a second header row. */
const SECOND_HEADER = new Set(['Response', 'Open-Ended Response']);

/** The number of rows after the header that are no answers. */
function rowsToSkip(rows: readonly Row[], columns: readonly string[], preset: ImportMapping | undefined): number {
  if (preset?.skipRows !== undefined) {
    // A file from which somebody removed these rows begins with an answer: its time is one.
    const times = columns.filter((name) => {
      const rule = preset.columns[columnKey(name)];
      return rule && 'field' in rule && rule.field === 'createdAt';
    });
    const isAnswer = (row: Row) =>
      times.some((name) => row[name] instanceof Date || /^\d/.test(String(row[name] ?? '')));
    const answer = rows.findIndex(isAnswer);
    return answer < 0 ? preset.skipRows : Math.min(answer, preset.skipRows);
  }
  const first = rows[0];
  const isHeader = first !== undefined && columns.some((name) => SECOND_HEADER.has(String(first[name] ?? '').trim()));
  return isHeader ? 1 : 0;
}
