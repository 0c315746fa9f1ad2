import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { acceptFeedback, checkFeedback, FEEDBACK_FIELDS, sentFeedbackSchema } from '../../src/ingest/feedbackSchema.ts';
import { decodeRecord, UnreadableRecord } from '../../src/ingest/job.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 30);
const DAY_MS = 86_400_000;
const check = (value: unknown) => checkFeedback(value, NOW);

describe('a field that is null', () => {
  it('counts as left out, whichever it is', () => {
    const nulls = Object.fromEntries(FEEDBACK_FIELDS.map((field) => [field, null]));
    expect(check({ ...nulls, uxRating: 2 })).toEqual({ feedback: { uxRating: 2 } });
    expect(check(nulls).errors).toEqual([
      { pointer: '', message: expect.stringMatching(/^must hold at least one of/) },
    ]);
  });

  it('is no answer, and no half of an experiment', () => {
    expect(check({ overallRating: null, improvements: ' ' }).errors).toHaveLength(1);
    expect(check({ overallRating: 3, experiment: 'x', variant: null }).errors).toMatchObject([{ pointer: '/variant' }]);
  });

  it('is refused in a list and under a wrong name', () => {
    expect(check({ overallRating: 3, tags: ['a', null] }).errors).toMatchObject([{ pointer: '/tags/1' }]);
    expect(check({ overallRating: 3, colour: null, userId: null }).errors).toMatchObject([{ pointer: '/colour' }]);
    expect(check(null).errors).toBeDefined();
  });
});

describe('labels', () => {
  it('are stored as they look', () => {
    const sent = {
      easeOfUse: 'Very easy ',
      helpfulness: '\u00a0Helpful',
      willingToPay: 'Oui,  a\u0300 10\u00a0\u20ac',
      experiment: 'check-in\u200b',
      variant: '\tB',
      tags: ['spring', 'spring ', 'Spring', 'spri\u0301ng', 'spr\u00edng'],
      improvements: ' \u00a0kept  as\u200b sent e\u0301 ',
    };
    expect(check(sent).feedback).toEqual({
      easeOfUse: 'Very easy',
      helpfulness: 'Helpful',
      willingToPay: 'Oui, \u00e0 10 \u20ac',
      experiment: 'check-in',
      variant: 'B',
      tags: ['spring', 'Spring', 'spr\u00edng'],
      improvements: sent.improvements,
    });
  });

  it('are refused by field, all at once', () => {
    const { errors } = check({ easeOfUse: 'a\u202eb', tags: ['x', ''], userId: 'u\u200b', createdAt: 12 });
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(['/createdAt', '/easeOfUse', '/tags/1', '/userId']);
  });
});

describe('a time that is ahead', () => {
  it('of up to a day is kept', () => {
    const { feedback } = check({ uxRating: 2, createdAt: NOW + DAY_MS });
    expect(acceptFeedback(feedback!, { id: 'a', now: NOW })).toEqual({
      id: 'a',
      uxRating: 2,
      createdAt: NOW + DAY_MS,
      acceptedAt: NOW,
    });
  });

  it('of more than a day is replaced by the time of arrival, and kept beside it', () => {
    const { feedback } = check({ uxRating: 2, createdAt: new Date(NOW + 2 * DAY_MS).toISOString() });
    const accepted = acceptFeedback(feedback!, { id: 'a', now: NOW });
    expect(accepted).toEqual({
      id: 'a',
      uxRating: 2,
      createdAt: NOW,
      sentCreatedAt: NOW + 2 * DAY_MS,
      acceptedAt: NOW,
    });
    expect(decodeRecord(JSON.parse(JSON.stringify(accepted)))).toEqual(accepted);
  });
});

describe('a job of an earlier release', () => {
  const record = { id: 'a', overallRating: 4, createdAt: 0, acceptedAt: 1 };

  it.each([
    { createdAt: 1_767_623_400 },
    { easeOfUse: 'Very easy ' },
    { helpfulness: 'tre\u0300s \u00a0 utile' },
    { experiment: 'x ', variant: 'a\u034f' },
    { tags: ['a', 'a '] },
    { userId: '\u3164' },
    { namespace: 'acme' },
  ])('is decoded as it is: %j', (fields) => {
    expect(decodeRecord({ ...record, ...fields })).toEqual({ ...record, ...fields });
  });

  it.each([
    { easeOfUse: 'a\nb' },
    { easeOfUse: 'x'.repeat(101) },
    { userId: 'a b' },
    { createdAt: -1 },
    { sentCreatedAt: 'x' },
    { overallRating: 6 },
    { colour: 'red' },
  ])('is unreadable with what no API wrote: %j', (fields) => {
    expect(() => decodeRecord({ ...record, ...fields })).toThrow(UnreadableRecord);
  });
});

it('documents that every field may be null', () => {
  const { $defs } = z.toJSONSchema(z.object({ sent: sentFeedbackSchema() }), { io: 'input' });
  const { properties } = $defs!.Feedback!;
  expect(Object.keys(properties!).sort()).toEqual([...FEEDBACK_FIELDS].sort());
  for (const field of Object.values(properties!))
    expect(field).toMatchObject({ anyOf: expect.arrayContaining([{ type: 'null' }]) });
});
