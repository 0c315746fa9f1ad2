import { expect, it } from '@jest/globals';
import { choiceKey } from '../../../src/aggregates/choiceKey.ts';
import type { Delta } from '../../../src/aggregates/delta.ts';
import { userProfile } from '../../../src/aggregates/insights/userProfile.ts';

it.each([
  [{ Yes: 3, '10': 1 }, 'Yes'],
  [{ '20': 2, '10': 1, No: 1 }, '20'],
  [{ No: 2, '7': 2, Yes: 1 }, '7'],
  [{ Maybe: 1, Yes: 1, No: 1 }, 'Maybe'],
  [{}, null],
])('the answer that a user gave most often, of %j, is %s', (counts, answer) => {
  const delta: Delta = new Map(
    Object.entries(counts).map(([choice, count]) => [`c.willingToPay.${choiceKey(choice)}`, count]),
  );
  expect(userProfile(delta.set('n', 6)).willingToPay).toBe(answer);
});
