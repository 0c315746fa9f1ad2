import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../../src/api/http/problem.ts';

describe('a refusal', () => {
  it('says nothing of where it was made, and leaves that to the faults', () => {
    expect(new Problem(429, 'Too much.').stack).not.toMatch(/\n +at /);
    expect(new Error('A fault.').stack).toMatch(/\n +at /);
  });
});
