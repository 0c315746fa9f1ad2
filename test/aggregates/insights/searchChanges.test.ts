import { expect, it } from '@jest/globals';
import { changesIn, searchChanges } from '../../../src/aggregates/insights/changes.ts';
import { createRandom } from '../../../tools/support/random.ts';
import { simulateDays } from '../../support/simulateDays.ts';

it('the search for changes pauses after each figure, and finds the same as without pauses', () => {
  const mean = (day: number) => (day < 60 ? 4.2 : 3.4);
  const shares = () => Array.from({ length: 40 }, () => 0.2);
  const days = simulateDays(createRandom('pauses'), { days: 120, weekly: 100, mean, shares });
  const search = searchChanges(days);
  let pauses = 0;
  let step = search.next();
  for (; !step.done; step = search.next()) pauses++;
  expect(pauses).toBeGreaterThanOrEqual(44);
  expect(step.value.changes.map(({ figure }) => figure)).toContain('overallRating');
  expect(step.value).toEqual(changesIn(days));
});
