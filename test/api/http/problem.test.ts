import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { Problem, problemOf } from '../../../src/api/http/problem.ts';
import { OverdueRead } from '../../../src/models/mongodb/errors.ts';

describe('a refusal', () => {
  it('says nothing of where it was made, and leaves that to the faults', () => {
    expect(new Problem(429, 'Too much.').stack).not.toMatch(/\n +at /);
    expect(new Error('A fault.').stack).toMatch(/\n +at /);
  });
});

it('a read that MongoDB or a scan ended is a 503 that says what to ask for', () => {
  for (const error of [new OverdueRead('slow'), new mongo.MongoServerError({ code: 50 })])
    expect(problemOf(error)).toMatchObject({ status: 503, message: expect.stringMatching(/shorter time/) });
});
