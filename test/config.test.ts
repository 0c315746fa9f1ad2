import { describe, expect, it } from '@jest/globals';
import { readConfig, WrongSettings } from '../src/config.ts';

const overflowOf = (settings: Record<string, string>) => readConfig(settings).OVERFLOW_LIMIT_MB;

describe('OVERFLOW_LIMIT_MB', () => {
  it('is three quarters of BACKLOG_LIMIT_MB if it is not set, and never more than that', () => {
    expect(overflowOf({})).toBe(1536);
    expect(overflowOf({ BACKLOG_LIMIT_MB: '10' })).toBe(7.5);
    expect(overflowOf({ BACKLOG_LIMIT_MB: '10', OVERFLOW_LIMIT_MB: '2' })).toBe(2);
    expect(overflowOf({ BACKLOG_LIMIT_MB: '10', OVERFLOW_LIMIT_MB: '20' })).toBe(10);
  });

  it('is refused if it is no size', () => {
    expect(() => readConfig({ OVERFLOW_LIMIT_MB: '0' })).toThrow(/OVERFLOW_LIMIT_MB: /);
  });
});

describe('a setting under its old name', () => {
  it.each([
    ['WRONG_KEYS_PER_MINUTE', 'AUTH_FAILURES_PER_MINUTE'],
    ['OUTGOING_ALLOW', 'EGRESS_ALLOWLIST'],
    ['WORKER_SLOTS', 'WORKER_TRANSACTIONS'],
    ['WORKER_BATCH', 'WORKER_BATCH_SIZE'],
    ['WORKER_CONCURRENCY', 'WORKER_PREFETCH'],
    ['REANALYSIS_PERCENT', 'BACKGROUND_PERCENT'],
  ])('%s is refused, with the new name', (old, name) => {
    const error = (() => {
      try {
        return readConfig({ [old]: '1' });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(WrongSettings);
    expect((error as Error).message).toBe(`These settings are wrong:\n  ${old} is now ${name}`);
    expect(readConfig({})).toHaveProperty(name);
  });

  it('is no error if it is empty', () => {
    expect(() => readConfig({ WORKER_SLOTS: '' })).not.toThrow();
  });

  it('is refused together with every other wrong setting', () => {
    expect(() => readConfig({ WORKER_SLOTS: '4', PORT: 'x', REANALYSIS_PERCENT: '5' })).toThrow(
      /WORKER_SLOTS is now .*\n {2}REANALYSIS_PERCENT is now .*\n {2}PORT: /,
    );
  });
});

describe('EARLIEST_CREATED_AT', () => {
  const earliest = (EARLIEST_CREATED_AT: string) => readConfig({ EARLIEST_CREATED_AT }).EARLIEST_CREATED_AT;

  it('is a day or an instant, and 2000-01-01 if it is not set', () => {
    expect(earliest('')).toBe(Date.UTC(2000, 0, 1));
    expect(earliest('2015-03-01')).toBe(Date.UTC(2015, 2, 1));
    expect(earliest('1970-01-01T00:00:00Z')).toBe(0);
  });

  it.each(['1969-12-31', '2999-01-01', '0', 'today', '2015-03-01T10:00'])('is refused if it is %s', (text) => {
    expect(() => earliest(text)).toThrow(/EARLIEST_CREATED_AT: must be a UTC day/);
  });
});
