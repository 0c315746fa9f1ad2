import { describe, expect, it } from '@jest/globals';
import { scanOrgIds } from '../../../src/api/ingest/scanOrgIds.ts';

const named = (body: unknown) => [...scanOrgIds(Buffer.from(JSON.stringify(body)))];

describe('the orgs that a body names', () => {
  it('are found without parsing it, one in a row once', () => {
    const feedback = ['a', 'a', 'ab', 'b', 'ü', 'ü'].map((orgId) => ({ overallRating: 3, orgId }));
    expect(named({ feedback })).toEqual(['a', 'ab', 'b', 'ü']);
    expect(named({ overallRating: 3 })).toEqual([]);
  });

  it('are not what a text says', () => {
    const improvements = 'we sent {"orgId":"a"} and \\"orgId":"b"';
    expect(named({ feedback: [{ improvements, orgId: 'c' }] })).toEqual(['c']);
  });

  it('are left out where they are written otherwise, or are cut off', () => {
    expect([...scanOrgIds(Buffer.from('{"orgId": "a"}'))]).toEqual([]);
    expect([...scanOrgIds(Buffer.from('{"orgId":"a\\u0062"}'))]).toEqual([]);
    expect([...scanOrgIds(Buffer.from('{"orgId":"a'))]).toEqual([]);
  });
});
