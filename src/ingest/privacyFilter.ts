import { CHOICES } from '../aggregates/contribution.ts';
import { retentionCutoff } from '../models/retention/retentionCutoff.ts';
import type { ActiveSettings } from '../models/settings/activeSettings.ts';
import type { FindingKind } from '../redaction/finding.ts';
import { kindsIn, mask } from '../redaction/redact.ts';
import type { FeedbackInput } from './feedbackSchema.ts';
import type { FieldError } from './fieldErrors.ts';
import type { Pseudonym } from './pseudonyms.ts';

/** Fields with text that people may have typed. Ids, tags and names of experiments come from the app. */
const TYPED_FIELDS = ['improvements', ...CHOICES] as const;

const KIND_NAMES: Record<FindingKind, string> = {
  'e-mail': 'an e-mail address',
  phone: 'a phone number',
  card: 'a card number',
  iban: 'a bank account number',
  token: 'a password, key or token',
};

export interface PrivacyOptions {
  settings: Pick<ActiveSettings, 'of'>;
  pseudonym: Pseudonym;
}

/**
 * Applies the privacy settings of the org to a feedback, in place, before it is queued or stored. Replaces the user's id
 * by a pseudonym, and masks or refuses personal data in text.
 *
 * @returns the reasons for which the org does not take it: text with personal data, or feedback older than it keeps;
 *   undefined if it takes it
 */
export type PrivacyFilter = (feedback: FeedbackInput, nowMs: number) => FieldError[] | undefined;

export function createPrivacyFilter({ settings, pseudonym }: PrivacyOptions): PrivacyFilter {
  return (feedback, nowMs) => {
    const { redaction, retention } = settings.of(feedback.orgId ?? null);
    if (retention !== 'forever' && retention.what === 'feedback') {
      const error = ageError(feedback, retentionCutoff(retention, nowMs)!);
      if (error) return [error];
    }
    if (redaction === 'refuse') {
      const errors = personalDataErrors(feedback);
      if (errors.length > 0) return errors;
    }
    if (redaction === 'mask')
      for (const field of TYPED_FIELDS) if (feedback[field] !== undefined) feedback[field] = mask(feedback[field]);
    if (feedback.userId !== undefined) feedback.userId = pseudonym(feedback.userId);
    return undefined;
  };
}

function ageError({ createdAt }: FeedbackInput, cutoff: Date): FieldError | undefined {
  if (createdAt === undefined || new Date(createdAt) >= cutoff) return undefined;
  const since = cutoff.toISOString().slice(0, 10);
  return { pointer: '/createdAt', message: `is older than this org keeps feedback: since ${since}` };
}

/** Names the kinds of personal data, but repeats none of it. */
function personalDataErrors(feedback: FeedbackInput): FieldError[] {
  return TYPED_FIELDS.flatMap((field) => {
    const kinds = kindsIn([feedback[field] ?? '']);
    if (kinds.length === 0) return [];
    const names = kinds.map((kind) => KIND_NAMES[kind]).join(', ');
    return [{ pointer: `/${field}`, message: `holds ${names}, which this org does not accept; leave it out` }];
  });
}
