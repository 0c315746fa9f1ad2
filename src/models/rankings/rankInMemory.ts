import { type BestRows, createBestRows } from '../../aggregates/rankings/bestRows.ts';
import { compareIds } from '../../aggregates/rankings/compareIds.ts';
import { addChanges, emptyBlock } from '../../aggregates/rankings/subjectBlock.ts';
import { figuresIn } from '../../aggregates/rankings/subjectChange.ts';
import { keysOfPart, partsUnder } from '../aggregates/aggregateSchema.ts';
import { pathOf, readParts, totalsOf } from '../aggregates/readTotals.ts';
import type { Models } from '../database.ts';
import { answerFilter } from './answerFilter.ts';
import { groupOf } from './rankingGroups.ts';
import type { RankQuery } from './rankQuery.ts';
import { createGroupedChanges } from './runPass.ts';

/** Max subjects whose aggregates are read in one query. MongoDB plans a range of ids for each. */
const AT_ONCE = 200;
const TIMEOUT_MS = 10_000;

/** Ranks one org, or the sessions of one user, by their aggregates. */
export async function rankInMemory(models: Models, query: RankQuery): Promise<BestRows> {
  const { level, orgId, userId } = query;
  const ids: string[] =
    level === 'org'
      ? [orgId!]
      : await models.feedback
          .distinct('sessionId', { userId: userId!, ...(orgId !== undefined && { orgId }) })
          .maxTimeMS(TIMEOUT_MS);
  const changes = createGroupedChanges();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const filters = ids
      .slice(from, from + AT_ONCE)
      .flatMap((id) => partsUnder(pathOf(level === 'org' ? { level, id } : { level, id, orgId })));
    const parts = await readParts(models, { $or: filters });
    for (const part of parts) {
      const { delta, lastAt } = totalsOf(part);
      const subjects = keysOfPart(part).flatMap((key) =>
        key.kind === level ? [{ level, id: key.id, orgId: key.orgId }] : [],
      );
      changes.add({ subjects, ...figuresIn(delta, lastAt) });
    }
  }
  const own = changes.groups().get(groupOf(level, undefined)) ?? [];
  const block = addChanges(
    emptyBlock(),
    own.sort((a, b) => compareIds(a.id, b.id)),
  );
  const isMeant = query.willingToPay && answerFilter(query.willingToPay);
  const answered = [...block.answers]
    .filter(([key]) => isMeant?.(key))
    .flatMap(([, { rows, columns }]) => Array.from(rows).filter((_, index) => columns[0]![index]! > 0));
  const best = createBestRows(query, query.limit + 1, query.after);
  best.add({
    ids: () => block.ids,
    columns: block.columns,
    theme: query.theme === undefined ? undefined : block.themes.get(query.theme),
    answered: isMeant && new Set(answered),
  });
  return best;
}
