import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../src/config.ts';

const overflowOf = (settings: Record<string, string>) => readConfig(settings).OVERFLOW_LIMIT_MB;

describe('OVERFLOW_LIMIT_MB', () => {
  it('is three quarters of BACKLOG_LIMIT_MB where it is not set, and never more than that', () => {
    expect(overflowOf({})).toBe(1536);
    expect(overflowOf({ BACKLOG_LIMIT_MB: '10' })).toBe(7.5);
    expect(overflowOf({ BACKLOG_LIMIT_MB: '10', OVERFLOW_LIMIT_MB: '2' })).toBe(2);
    expect(overflowOf({ BACKLOG_LIMIT_MB: '10', OVERFLOW_LIMIT_MB: '20' })).toBe(10);
  });

  it('is refused where it is no size', () => {
    expect(() => readConfig({ OVERFLOW_LIMIT_MB: '0' })).toThrow(/OVERFLOW_LIMIT_MB: /);
  });
});
