import { describe, expect, it } from '@jest/globals';
import { didYouMean, nearestNames } from '../../../src/api/http/nearestNames.ts';

const KNOWN = ['performance', 'onboarding', 'calendar', 'pricing', 'notifications', 'ui', 'api-limits'];

describe('the nearest names', () => {
  it.each([
    ['perfomance', 'performance'],
    ['perfomrance', 'performance'],
    ['Performance', 'performance'],
    ['PRICING', 'pricing'],
    ['calender', 'calendar'],
    ['on-boarding', 'onboarding'],
    ['notification', 'notifications'],
    ['iu', 'ui'],
    ['limits', 'api-limits'],
  ])('of %s begin with %s', (mistyped, meant) => {
    expect(nearestNames(mistyped, KNOWN)[0]).toBe(meant);
  });

  it.each(['', 'weather', 'x', 'x'.repeat(100), '漢字'])('of %j are none', (mistyped) => {
    expect(nearestNames(mistyped, KNOWN)).toEqual([]);
  });

  it('are at most three, the nearest first', () => {
    const known = ['theme-a', 'theme-bb', 'theme-c', 'theme', 'theme-d'];
    expect(nearestNames('theme-x', known)).toEqual(['theme-a', 'theme-c', 'theme-d']);
  });

  it('end a refusal, or leave it to another end', () => {
    expect(didYouMean('pricng', KNOWN, '')).toBe('did you mean pricing?');
    expect(didYouMean('weather', KNOWN, 'see the list')).toBe('see the list');
  });
});
