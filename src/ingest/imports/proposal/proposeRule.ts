import { CHOICES, RATINGS, type RatingName } from '../../../aggregates/contribution.ts';
import { FEEDBACK_FIELDS } from '../../feedbackSchema.ts';
import type { ColumnRule, FieldRule } from '../importMapping.ts';
import type { ColumnDescription } from './describeColumn.ts';
import { createHeaderTest, type HeaderWord } from './headerWords.ts';
import { proposeTimeRule } from './proposeTimeRule.ts';

/** Proposal for one column, with its reason. */
export interface ProposedRule {
  rule: ColumnRule;
  why: string;
  /** whether it needs no look of a person */
  sure: boolean;
  /** choice among columns for the same field: the highest wins */
  rank: number;
  /** question that must be answered before rows can be read */
  question?: string;
}

/** Max different answers of a question with choices. */
const MAX_CHOICES = 15;
const MAX_CHOICE_CHARACTERS = 100;
const MIN_TEXT_WORDS = 4;
const MIN_TEXT_CHARACTERS = 80;
const MAX_ROW_NUMBER = 10_000_000;

/** A question of a survey, rather than the name of a column. */
const QUESTION = /\?|^(\S+\s+){5}/;

const leaveOut = (why: string, sure = false): ProposedRule => ({ rule: { leaveOut: true }, why, sure, rank: 0 });

/** Proposes how a column is read, by its name and its cells. `zone`: time zone to propose for local times. */
export function proposeRule(column: ColumnDescription, zone: string | undefined): ProposedRule {
  const has = createHeaderTest([column.name, column.label]);
  if (column.filled === 0) return leaveOut('is empty in the rows that were read');
  if ((FEEDBACK_FIELDS as string[]).includes(column.name)) return ownField(column, zone);
  if (column.emails > 0.5)
    return leaveOut(
      'holds e-mail addresses; map it to userId only if feedback is to be counted by person, and prefer an id that is no address',
    );
  const isQuestion = [column.name, column.label].some((name) => QUESTION.test(name));
  if (!isQuestion && has('personal')) return leaveOut('seems to hold personal data, which no figure needs', true);
  if (!isQuestion && has('internal'))
    return leaveOut('seems to be about your own team, not the answer of a customer', true);
  return (
    proposeTime(column, has, zone) ??
    proposeId(column, has) ??
    proposeChoice(column, has) ??
    proposeRating(column, has) ??
    proposeTags(column, has) ??
    (!isQuestion && has('metadata')
      ? leaveOut('seems to be about the survey, not an answer; map it to tags to keep it', true)
      : (proposeText(column, has) ?? leaveOut('fits no field; map it to tags to keep it')))
  );
}

type Has = (word: HeaderWord) => boolean;

/** A column with the name of a field is that field, as in the other ways to send feedback. */
function ownField(column: ColumnDescription, zone: string | undefined): ProposedRule {
  const field = column.name as FieldRule['field'];
  const why = 'has the name of a field';
  if (field === 'createdAt') return { ...proposeTimeRule(column, zone), rank: 10 };
  if (field === 'tags') return { rule: { field, separator: column.separator ?? ';' }, why, sure: true, rank: 10 };
  if (!(RATINGS as readonly string[]).includes(field))
    return { rule: { field } as FieldRule, why, sure: true, rank: 10 };
  const { rating = 'number' } = column;
  return {
    rule: { field: field as RatingName, ...(rating !== 'number' && { rating }) },
    why,
    sure: column.rating !== undefined && rating !== 'nps',
    rank: 10,
  };
}

function proposeTime(column: ColumnDescription, has: Has, zone: string | undefined): ProposedRule | undefined {
  if (!column.time || (column.time.kind === 'numbers' && !has('time'))) return undefined;
  const rank = has('start') ? 1 : has('end') ? 4 : has('time') ? 3 : 2;
  return { ...proposeTimeRule(column, zone), rank };
}

function proposeId(column: ColumnDescription, has: Has): ProposedRule | undefined {
  if (has('userId'))
    return column.hasBlanks
      ? leaveOut('seems to name users, but an id holds no spaces')
      : { rule: { field: 'userId' }, why: 'names users', sure: true, rank: 2 };
  if (has('sessionId') && !column.hasBlanks)
    return { rule: { field: 'sessionId' }, why: 'names sessions', sure: true, rank: 2 };
  if (has('orgId'))
    return column.hasBlanks || column.maxCharacters > 128
      ? leaveOut('seems to name orgs, but an id holds no spaces; give the org in "constants"')
      : { rule: { field: 'orgId' }, why: 'seems to name orgs: each becomes an org of its own', sure: false, rank: 2 };
  if (!has('id')) return undefined;
  if (column.numbers?.isWhole && column.numbers.max < MAX_ROW_NUMBER)
    return leaveOut(
      'numbers the answers of one file, so another file would have the same ids; to use it, add a prefix: {"field": "id", "prefix": "survey-2026-"}',
    );
  return column.isUnique && !column.hasBlanks
    ? {
        rule: { field: 'id' },
        why: 'is different in each row, so it makes the import safe to repeat',
        sure: true,
        rank: 2,
      }
    : leaveOut('has the name of an id, but is not different in each row');
}

function proposeChoice(column: ColumnDescription, has: Has): ProposedRule | undefined {
  const field = CHOICES.find((choice) => has(choice)) ?? (['experiment', 'variant'] as const).find((word) => has(word));
  const isChoice = column.distinct.size <= MAX_CHOICES && column.maxCharacters <= MAX_CHOICE_CHARACTERS;
  if (!field || !isChoice) return undefined;
  if (column.numbers && (['rating', 'nps', 'ux', 'grow'] as const).some((word) => has(word))) return undefined;
  return {
    rule: { field },
    why: `asks for ${field}, with ${column.distinct.size} different answers`,
    sure: !column.numbers,
    rank: 2,
  };
}

function proposeRating(column: ColumnDescription, has: Has): ProposedRule | undefined {
  const field = has('grow') ? 'growMethodRating' : has('ux') ? 'uxRating' : 'overallRating';
  const isNamed = has('rating') || has('nps') || has('ux') || has('grow');
  const rank = has('overall') ? 3 : isNamed ? 2 : 1;
  const { rating, numbers } = column;
  if (numbers && has('nps') && numbers.min >= 0 && numbers.max <= 10 && numbers.isWhole)
    return {
      rule: { field, rating: 'nps' },
      why: 'asks how likely people are to recommend you, from 0 to 10: promoters (9, 10) become 5, passives (7, 8) become 4, detractors 1 to 3',
      sure: numbers.max > 5,
      rank,
    };
  if (rating !== undefined && rating !== 'nps') {
    const form = typeof rating === 'object' ? 'words of a known scale' : RATING_FORMS[rating];
    return {
      rule: { field, ...(rating !== 'number' && { rating }) },
      why: isNamed ? `asks for a rating, and holds ${form}` : `holds ${form}; leave it out if these are no ratings`,
      sure: isNamed,
      rank,
    };
  }
  if (numbers && isNamed)
    return leaveOut(
      `seems to be a rating from ${numbers.min} to ${numbers.max}; say which of 1 to 5 each answer is: {"field": "${field}", "rating": {"table": {"${numbers.min}": 1, "${numbers.max}": 5}}}`,
    );
  return undefined;
}

const RATING_FORMS = {
  number: 'numbers from 1 to 5',
  stars: 'stars',
  leadingNumber: 'a number from 1 to 5 before each answer',
};

function proposeTags(column: ColumnDescription, has: Has): ProposedRule | undefined {
  if (!has('tags') || column.maxCharacters > 20 * MAX_CHOICE_CHARACTERS) return undefined;
  const { separator } = column;
  return {
    rule: { field: 'tags', ...(separator && { separator }) },
    why: separator ? `holds tags, separated by ${JSON.stringify(separator)}` : 'holds one tag in each cell',
    sure: true,
    rank: 2,
  };
}

function proposeText(column: ColumnDescription, has: Has): ProposedRule | undefined {
  const isLong = column.words >= MIN_TEXT_WORDS || column.maxCharacters >= MIN_TEXT_CHARACTERS;
  if (column.numbers || (!has('text') && !isLong)) return undefined;
  if (column.distinct.size <= MAX_CHOICES && column.filled >= 2 * MAX_CHOICES && !isLong)
    return leaveOut(`has only ${column.distinct.size} different answers; map it to tags to keep them`);
  return {
    rule: { field: 'improvements' },
    why: has('text') ? 'asks for free text' : 'holds long texts',
    sure: has('text') && column.words > 1,
    rank: 2,
  };
}
