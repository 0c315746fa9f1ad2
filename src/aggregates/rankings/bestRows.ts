import { compareIds } from './compareIds.ts';
import { type RankQuestion, rankedValue } from './rankedValue.ts';
import type { SparseColumns } from './subjectBlock.ts';
import { CORE } from './subjectChange.ts';

export interface RankedId {
  id: string;
  value: number;
}

/** The part of a block that a ranking looks at. */
export interface RankedBlock {
  ids(): string[];
  columns: readonly ArrayLike<number>[];
  /** the figures of the theme, if one is asked for */
  theme?: SparseColumns | undefined;
  /** rows of subjects that gave a wanted answer, if one is asked for */
  answered?: ReadonlySet<number> | undefined;
}

/** The best subjects of a ranking so far: at most `limit`, of those after a position. Ties are in the order of ids. */
export interface BestRows {
  add(block: RankedBlock): void;
  /** Whether a block with no better value than this can hold none of the best. `firstId`: no id in it is before. */
  isDecided(bound: number, firstId: string): boolean;
  items(): RankedId[];
}

export function createBestRows(question: RankQuestion, limit: number, after: RankedId | undefined): BestRows {
  const direction = question.order === 'highest' ? -1 : 1;
  let best: RankedId[] = [];
  const compare = (a: RankedId, b: RankedId) => direction * (a.value - b.value) || compareIds(a.id, b.id);

  /** Keeps the best `limit`, once there are twice as many. */
  function cut(): void {
    best = best.sort(compare).slice(0, limit);
  }

  function* rowsOf({ columns, theme }: RankedBlock): Generator<[row: number, value: number]> {
    const { by, reference, minCount } = question;
    const counts = columns[CORE.n]!;
    if (question.theme === undefined) {
      for (let row = 0; row < counts.length; row++) {
        if (counts[row]! < minCount) continue;
        const value = rankedValue(columns, row, by, reference);
        if (value !== undefined) yield [row, value];
      }
      return;
    }
    for (let index = 0; index < (theme?.rows.length ?? 0); index++) {
      const row = theme!.rows[index]!;
      const rated = theme!.columns[0]![index]!;
      if (counts[row]! >= minCount && rated > 0) yield [row, rated * reference - theme!.columns[1]![index]!];
    }
  }

  return {
    add(block) {
      let ids: string[] | undefined;
      let worst = best.length < limit ? undefined : best[limit - 1]!.value;
      for (const [row, value] of rowsOf(block)) {
        if (worst !== undefined && direction * (value - worst) > 0) continue;
        if (after && direction * (value - after.value) < 0) continue;
        if (block.answered && !block.answered.has(row)) continue;
        ids ??= block.ids();
        const item = { id: ids[row]!, value };
        if (after && compare(item, after) <= 0) continue;
        best.push(item);
        if (best.length < 2 * limit) continue;
        cut();
        worst = best.length < limit ? undefined : best[limit - 1]!.value;
      }
      cut();
    },
    isDecided(bound, firstId) {
      const last = best[limit - 1];
      return last !== undefined && compare({ id: firstId, value: bound }, last) > 0;
    },
    items: () => best,
  };
}
