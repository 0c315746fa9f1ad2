import { describe, expect, it } from '@jest/globals';
import { checkFeedback } from '../../../src/ingest/feedbackSchema.ts';
import { dryRunImport } from '../../../src/ingest/imports/dryRunImport.ts';
import type { ImportMapping } from '../../../src/ingest/imports/importMapping.ts';
import { presets } from '../../../src/ingest/imports/presets.ts';
import { readExport } from './readExport.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');

/** A dry run of a file in the format of a tool, with made-up rows. */
async function dryRunOf(file: string, options: { mapping?: ImportMapping; zone?: string } = {}) {
  const table = await readExport(file);
  const report = await dryRunImport(table, { ...options, check: (value) => checkFeedback(value, NOW) });
  return { ...report, feedback: report.stored.map(({ feedback }) => feedback) };
}
const at = Date.parse;

describe('a shipped mapping', () => {
  it('has a name of its own, and a public source', () => {
    expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
    for (const { name, source, recognisedBy, mapping } of presets) {
      expect(name).toMatch(/^[a-z][a-z-]+$/);
      expect(source).toMatch(/^https:\/\//);
      for (const column of recognisedBy) expect(Object.keys(mapping.columns)).toContain(column);
    }
  });

  it('for Google Play reads the monthly report of reviews, which is in UTF-16', async () => {
    const report = await dryRunOf('google-play.csv');
    expect(report).toMatchObject({
      preset: 'google-play',
      encoding: 'utf-16le',
      problems: [],
      accepted: 3,
      refused: 0,
    });
    expect(report.feedback).toEqual([
      {
        overallRating: 5,
        createdAt: at('2026-02-03T07:15:22Z'),
        improvements: 'Klasse App, aber der Export fehlt – schade!',
        tags: ['app 4.1.2', 'language de'],
      },
      {
        overallRating: 2,
        createdAt: at('2026-02-04T18:00:00Z'),
        improvements: '遅い\n\nカレンダーの同期が遅いです。',
        tags: ['app 4.1.2', 'language ja'],
      },
      {
        overallRating: 1,
        createdAt: at('2026-02-05T09:30:00Z'),
        improvements: 'Crashes when I open a session 😞',
        tags: ['language en'],
      },
    ]);
  });

  it('for Qualtrics skips its header rows, takes the zone from them, and reads questions by their text', async () => {
    const report = await dryRunOf('qualtrics.csv');
    expect(report).toMatchObject({ preset: 'qualtrics', problems: [], accepted: 2, refused: 1 });
    expect(report.mapping.skipRows).toBe(2);
    expect(report.mapping.columns).toMatchObject({
      RecordedDate: { field: 'createdAt', zone: 'America/Denver' },
      Q1: { field: 'overallRating', rating: { table: { 'Very satisfied': 5, Dissatisfied: 2 } } },
      Q3_TEXT: { field: 'improvements' },
      IPAddress: { leaveOut: true },
    });
    expect(report.feedback).toEqual([
      {
        id: 'R_3kQe0aa1',
        userId: 'c-118',
        overallRating: 5,
        createdAt: at('2026-03-02T15:16:41Z'),
        improvements: 'Reminders on the phone, please',
        tags: ['language EN'],
      },
      {
        id: 'R_3kQe0aa2',
        userId: 'c-119',
        overallRating: 2,
        createdAt: at('2026-03-02T16:01:10Z'),
        tags: ['language DE'],
      },
    ]);
    expect(report.refusals).toEqual([
      {
        line: 6,
        errors: [
          { column: 'RecordedDate', message: expect.stringContaining('does not exist'), value: '2026-03-08 02:30:00' },
        ],
      },
    ]);
  });

  it('for Zendesk reads ratings of the API, and refuses those that were only offered', async () => {
    const report = await dryRunOf('zendesk-ratings.ndjson');
    expect(report).toMatchObject({ preset: 'zendesk-ratings', problems: [], accepted: 2, refused: 1 });
    expect(report.feedback).toEqual([
      {
        id: 'zendesk-35436',
        userId: '7881',
        overallRating: 5,
        createdAt: at('2026-01-20T22:55:29Z'),
        improvements: 'Solved in an hour, thank you',
      },
      {
        id: 'zendesk-35437',
        userId: '7882',
        overallRating: 1,
        createdAt: at('2026-01-21T08:02:00Z'),
        tags: ['The issue took too long to resolve'],
      },
    ]);
  });

  it('for Chatwoot reads the CSAT report without the people in it, and refuses its last line', async () => {
    const report = await dryRunOf('chatwoot.csv');
    expect(report).toMatchObject({ preset: 'chatwoot', problems: [], accepted: 2, refused: 1 });
    expect(report.feedback).toEqual([
      { overallRating: 5, createdAt: at('2026-01-05T10:12:13Z'), improvements: 'Quick and kind' },
      { overallRating: 2, createdAt: at('2026-01-06T11:00:00Z') },
    ]);
  });

  it('for Formbricks asks for the zone, and proposes the questions of the survey', async () => {
    expect((await dryRunOf('formbricks.csv')).problems).toEqual([
      { column: 'Timestamp', message: expect.stringContaining('time zone') },
    ]);
    const report = await dryRunOf('formbricks.csv', { zone: 'Europe/Berlin' });
    expect(report).toMatchObject({ preset: 'formbricks', problems: [], accepted: 2, refused: 0 });
    expect(report.feedback[0]).toEqual({
      id: 'cm1aa',
      userId: 'u-1',
      overallRating: 4,
      createdAt: at('2026-01-05T09:00:00Z'),
      improvements: 'The search, it finds nothing',
      tags: ['vip', 'beta'],
    });
  });

  it('for LimeSurvey knows the date that stands for none', async () => {
    const report = await dryRunOf('limesurvey.csv', { zone: 'UTC' });
    expect(report).toMatchObject({ preset: 'limesurvey', delimiter: ';', problems: [], accepted: 2 });
    expect(report.feedback.map(({ createdAt }) => createdAt)).toEqual([at('2026-02-01T12:00:00Z'), undefined]);
    expect(report.feedback[0]?.tags).toEqual(['language de']);
  });

  it('can be named for a file that lacks some of its columns', async () => {
    const { mapping } = presets.find(({ name }) => name === 'google-play')!;
    expect(await dryRunOf('google-play.csv', { mapping })).toMatchObject({ problems: [], accepted: 3 });
    const zendesk = presets.find(({ name }) => name === 'zendesk-ratings')!;
    expect(await dryRunOf('zendesk-ratings.ndjson', { mapping: zendesk.mapping })).toMatchObject({ accepted: 2 });
  });
});

describe('an export without a shipped mapping', () => {
  it('of Typeform is read by its names and values', async () => {
    const report = await dryRunOf('typeform.csv');
    expect(report).toMatchObject({ preset: null, problems: [], accepted: 2, refused: 0 });
    expect(report.feedback[0]).toEqual({
      id: 'odwdp4nzj1xg6m9l36odwdp4nzlv2gcw',
      overallRating: 5,
      createdAt: at('2026-03-05T02:41:38Z'),
      improvements: 'She listens and remembers what we said',
    });
    expect(report.mapping.columns['How likely are you to recommend us to a friend?']).toEqual({ leaveOut: true });
  });

  it('of SurveyMonkey loses its second header row, and asks for the zone', async () => {
    const report = await dryRunOf('surveymonkey.csv');
    expect(report.mapping.skipRows).toBe(1);
    expect(report.mapping.columns['End Date']).toEqual({ field: 'createdAt', format: 'M/d/yyyy h:mm:ss a' });
    expect(report.problems).toEqual([{ column: 'End Date', message: expect.stringContaining('time zone') }]);
    expect(report.feedback.map(({ overallRating }) => overallRating)).toEqual([5, 3, 2]);
    expect(report.feedback[2]?.improvements).toBe('Too many mails, too few answers');
  });

  it('of Microsoft Forms keeps no row number as an id', async () => {
    const report = await dryRunOf('microsoft-forms.csv', { zone: 'UTC' });
    expect(report.mapping.columns.ID).toEqual({ leaveOut: true });
    expect(report.feedback.map(({ overallRating }) => overallRating)).toEqual([4, 5]);
    expect(report.mapping.columns['Completion time']).toMatchObject({ field: 'createdAt', format: 'M/d/yy H:mm:ss' });
  });

  it('of Google Forms is read in German, with the offset of its times', async () => {
    const report = await dryRunOf('google-forms.csv');
    expect(report.problems).toEqual([]);
    expect(report.feedback).toEqual([
      {
        overallRating: 4,
        easeOfUse: 'Sehr einfach',
        createdAt: at('2026-04-16T18:51:30Z'),
        improvements: 'Der Kalender stürzt ab, sobald ich etwas verschiebe',
      },
      { overallRating: 2, easeOfUse: 'Schwierig', createdAt: at('2026-04-17T07:00:00Z') },
    ]);
  });

  it('of Trustpilot is in UTC, as its header says', async () => {
    const report = await dryRunOf('trustpilot.csv');
    expect(report.problems).toEqual([]);
    expect(report.feedback[0]).toMatchObject({
      id: '65f0aa01',
      overallRating: 4,
      createdAt: at('2026-03-01T10:11:12Z'),
      improvements: 'Friendly people\n\nThe coach was great, billing was not.',
    });
  });
});
