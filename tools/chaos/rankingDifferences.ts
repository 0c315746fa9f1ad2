import { type SparseColumns, type SubjectBlock, unpackBlock } from '../../src/aggregates/rankings/subjectBlock.ts';
import { figuresIn, RANKED_LEVELS, type RankedLevel } from '../../src/aggregates/rankings/subjectChange.ts';
import { type AggregateDocument, keysOfPart } from '../../src/models/aggregates/aggregateSchema.ts';
import { totalsOf } from '../../src/models/aggregates/readTotals.ts';
import type { Models } from '../../src/models/database.ts';
import { bufferedBlock } from '../../src/models/rankings/applyChanges.ts';
import { directoryOf } from '../../src/models/rankings/rankingGroups.ts';
import type { RankingBlock } from '../../src/models/rankings/rankingSchemas.ts';
import { readRankingState } from '../../src/models/rankings/rankingState.ts';
import { createGroupedChanges } from '../../src/models/rankings/runPass.ts';

/** Compares the rankings with the aggregates while nothing changes: the subjects, as group and id, that differ. */
export async function rankingDifferences(models: Models): Promise<string[]> {
  const [stored, expected] = [await storedSubjects(models), await expectedSubjects(models)];
  const subjects = new Set([...stored.keys(), ...expected.keys()]);
  return [...subjects].filter((subject) => stored.get(subject) !== expected.get(subject));
}

/** The figures of each subject, as text, by group and id. */
type Subjects = Map<string, string>;

async function storedSubjects(models: Models): Promise<Subjects> {
  const { generation } = await readRankingState(models);
  const subjects: Subjects = new Map();
  for (const directory of await models.rankingDirectories.find().lean()) {
    const group = directory._id.slice(`${generation} `.length);
    for (const { first } of directoryOf(directory).blocks) {
      const stored = await models.rankingBlocks.findById(`${directory._id} ${first}`).lean<RankingBlock>();
      if (!stored) subjects.set(`${group} ${first}`, 'a block that is not there');
      else addRows(subjects, group, unpackBlock(bufferedBlock(stored)));
    }
  }
  return subjects;
}

function addRows(subjects: Subjects, group: string, { ids, columns, themes, answers }: SubjectBlock): void {
  const at = (all: ReadonlyMap<string, SparseColumns>, row: number) =>
    [...all].flatMap(([name, { rows, columns: values }]) => {
      const index = Array.from(rows).indexOf(row);
      return index < 0 ? [] : [[name, ...values.map((value) => value[index]!)]];
    });
  ids.forEach((id, row) => {
    const figures = columns.map((column) => column[row]!);
    subjects.set(`${group} ${id}`, textOf(figures, at(themes, row), at(answers, row)));
  });
}

async function expectedSubjects(models: Models): Promise<Subjects> {
  const sums = createGroupedChanges();
  for await (const part of models.aggregates.find().lean<AggregateDocument[]>().cursor()) {
    const { delta, lastAt } = totalsOf(part);
    const subjects = keysOfPart(part)
      .filter(({ kind }) => (RANKED_LEVELS as readonly string[]).includes(kind))
      .map(({ kind, id, orgId }) => ({ level: kind as RankedLevel, id, orgId }));
    sums.add({ subjects, ...figuresIn(delta, lastAt) });
  }
  const subjects: Subjects = new Map();
  for (const [group, changes] of sums.groups())
    for (const { id, sums: figures, lastAt, themes, answers } of changes)
      if (figures[0] !== 0) subjects.set(`${group} ${id}`, textOf([...figures, lastAt], themes, answers));
  return subjects;
}

/** Entries of 0 only are left out. */
function textOf(figures: number[], themes: unknown[][], answers: unknown[][]): string {
  const counted = (entries: unknown[][]) =>
    entries
      .filter(([, ...values]) => values.some((value) => value !== 0))
      .map((entry) => JSON.stringify(entry))
      .sort();
  return JSON.stringify([figures, counted(themes), counted(answers)]);
}
