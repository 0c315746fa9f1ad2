import type { RankedId } from '../../aggregates/rankings/bestRows.ts';
import type { RankQuestion } from '../../aggregates/rankings/rankedValue.ts';
import type { RankedLevel } from '../../aggregates/rankings/subjectChange.ts';
import type { ChoiceFilter } from '../feedback/findFeedback.ts';

/** A page of a ranking that is asked for. */
export interface RankQuery extends RankQuestion {
  level: RankedLevel;
  limit: number;
  orgId?: string | undefined;
  /** only sessions in which this user gave feedback */
  userId?: string | undefined;
  /** only subjects that gave such an answer */
  willingToPay?: ChoiceFilter | undefined;
  /** position at which the previous page ended */
  after?: RankedId | undefined;
}
