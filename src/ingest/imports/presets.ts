import { columnKey } from './cells.ts';
import { hasOffset } from './dateFormat.ts';
import type { ColumnRule, ImportMapping } from './importMapping.ts';
import type { ProposedRule } from './proposal/proposeRule.ts';

/**
 * A mapping that is shipped for the export of a tool. Columns that a survey adds are not in it; they are proposed. Columns of
 * it may be missing, since tools leave out those of features that are not used.
 */
export interface Preset {
  name: string;
  title: string;
  /** public documentation from which it is made */
  source: string;
  /** columns by which a file is recognised: all of them */
  recognisedBy: readonly string[];
  mapping: ImportMapping;
}

const leaveOut = (...names: string[]) =>
  Object.fromEntries(names.map((name): [string, ColumnRule] => [name, { leaveOut: true }]));

export const presets: readonly Preset[] = [
  {
    name: 'chatwoot',
    title: 'Chatwoot: CSAT report',
    source:
      'https://github.com/chatwoot/chatwoot/blob/develop/app/views/api/v1/accounts/csat_survey_responses/download.csv.erb',
    recognisedBy: ['Rating', 'Feedback Comment', 'Link to the conversation', 'Recorded date'],
    mapping: {
      missingColumns: 'ignore',
      columns: {
        Rating: { field: 'overallRating' },
        'Feedback Comment': { field: 'improvements' },
        'Recorded date': { field: 'createdAt' },
        ...leaveOut('Agent Name', 'Contact Name', 'Contact Email Address', 'Contact Phone Number'),
        ...leaveOut('Link to the conversation', 'Review Notes'),
      },
    },
  },
  {
    name: 'formbricks',
    title: 'Formbricks: responses as CSV or XLSX',
    source: 'https://github.com/formbricks/formbricks/blob/main/apps/web/lib/response/utils.ts',
    recognisedBy: ['Response ID', 'Timestamp', 'Finished', 'Survey ID'],
    mapping: {
      missingColumns: 'ignore',
      columns: {
        'Response ID': { field: 'id' },
        Timestamp: { field: 'createdAt' },
        'User ID': { field: 'userId' },
        Tags: { field: 'tags', separator: ',' },
        ...leaveOut('No.', 'Finished', 'Survey ID', 'Formbricks ID (internal)', 'Notes'),
      },
    },
  },
  {
    name: 'google-play',
    title: 'Google Play Console: monthly report of reviews',
    source: 'https://support.google.com/googleplay/android-developer/answer/6135870',
    recognisedBy: ['Package Name', 'Star Rating', 'Review Text', 'Review Submit Millis Since Epoch'],
    mapping: {
      missingColumns: 'ignore',
      columns: {
        'Star Rating': { field: 'overallRating' },
        'Review Title': { field: 'improvements' },
        'Review Text': { field: 'improvements' },
        'Review Submit Millis Since Epoch': { field: 'createdAt', unit: 'milliseconds' },
        'App Version Name': { field: 'tags', prefix: 'app ' },
        'Reviewer Language': { field: 'tags', prefix: 'language ' },
        ...leaveOut('Package Name', 'App Version Code', 'Device', 'Review Submit Date and Time', 'Review Link'),
        ...leaveOut('Review Last Update Date and Time', 'Review Last Update Millis Since Epoch'),
        ...leaveOut('Developer Reply Date and Time', 'Developer Reply Millis Since Epoch', 'Developer Reply Text'),
      },
    },
  },
  {
    name: 'limesurvey',
    title: 'LimeSurvey: responses, headings as question codes',
    source: 'https://www.limesurvey.org/manual/Export_responses',
    recognisedBy: ['id', 'submitdate', 'lastpage', 'startlanguage'],
    mapping: {
      missingColumns: 'ignore',
      columns: {
        submitdate: { field: 'createdAt' },
        startlanguage: { field: 'tags', prefix: 'language ' },
        ...leaveOut('id', 'lastpage', 'seed', 'token', 'startdate', 'datestamp', 'ipaddr', 'refurl', 'interviewtime'),
      },
      // Stands for the time in surveys that keep none.
      noAnswer: ['1980-01-01 00:00:00', 'N/A'],
    },
  },
  {
    name: 'qualtrics',
    title: 'Qualtrics: responses as CSV',
    source:
      'https://www.qualtrics.com/support/survey-platform/data-and-analysis-module/data/download-data/understanding-your-dataset/',
    recognisedBy: ['StartDate', 'EndDate', 'RecordedDate', 'ResponseId'],
    mapping: {
      missingColumns: 'ignore',
      columns: {
        RecordedDate: { field: 'createdAt' },
        ResponseId: { field: 'id' },
        ExternalReference: { field: 'userId' },
        UserLanguage: { field: 'tags', prefix: 'language ' },
        ...leaveOut('StartDate', 'EndDate', 'Status', 'IPAddress', 'Progress', 'Duration (in seconds)', 'Finished'),
        ...leaveOut('RecipientLastName', 'RecipientFirstName', 'RecipientEmail', 'LocationLatitude'),
        ...leaveOut('LocationLongitude', 'DistributionChannel'),
      },
      skipRows: 2,
    },
  },
  {
    name: 'zendesk-ratings',
    title: 'Zendesk: satisfaction ratings of the API, one JSON object per line',
    source: 'https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/',
    recognisedBy: ['score', 'created_at', 'requester_id', 'ticket_id'],
    mapping: {
      missingColumns: 'ignore',
      columns: {
        id: { field: 'id', prefix: 'zendesk-' },
        score: {
          field: 'overallRating',
          rating: {
            table: { good: 5, good_with_comment: 5, bad: 1, bad_with_comment: 1, offered: null, unoffered: null },
          },
        },
        comment: { field: 'improvements' },
        created_at: { field: 'createdAt' },
        requester_id: { field: 'userId' },
        reason: { field: 'tags' },
        ...leaveOut('url', 'assignee_id', 'group_id', 'ticket_id', 'reason_code', 'reason_id', 'updated_at'),
        ...leaveOut('survey_id', 'survey_type', 'event_type'),
      },
    },
  },
];

/** The shipped mapping whose columns a file has. */
export function findPreset(columns: readonly string[]): Preset | undefined {
  const names = new Set(columns.map(columnKey));
  return presets.find(({ recognisedBy }) => recognisedBy.every((name) => names.has(name)));
}

/** The rule that a shipped mapping has for a column. `fileZone`: time zone that the file names; `zone`: one to propose. */
export function presetRule(
  preset: Preset,
  column: string,
  { fileZone, zone }: { fileZone?: string | undefined; zone?: string | undefined },
): ProposedRule | undefined {
  const rule = Object.hasOwn(preset.mapping.columns, columnKey(column)) && preset.mapping.columns[columnKey(column)];
  if (!rule) return undefined;
  const proposed: ProposedRule = { rule, why: `as documented for ${preset.title}`, sure: true, rank: 20 };
  const needsZone =
    LOCAL_TIMES.has(preset.name) && 'field' in rule && rule.field === 'createdAt' && !hasOffset(rule.format ?? '');
  if (!needsZone) return proposed;
  if (fileZone !== undefined)
    return { ...proposed, rule: { ...rule, zone: fileZone }, why: `${proposed.why}; the file names the time zone` };
  if (zone !== undefined)
    return {
      ...proposed,
      rule: { ...rule, zone },
      why: `${proposed.why}; ${zone} is the time zone of the org, check it`,
      sure: false,
    };
  const question = 'add the time zone in which the times were written, such as "zone": "Europe/Berlin"';
  return { ...proposed, why: `${proposed.why}: ${question}`, sure: false, question };
}

/** Shipped mappings of files whose times have no offset. */
const LOCAL_TIMES = new Set(['formbricks', 'limesurvey', 'qualtrics']);
