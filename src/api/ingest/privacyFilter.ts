import { CHOICES } from '../../aggregates/contribution.ts';
import type { FeedbackInput } from '../../ingest/feedbackSchema.ts';
import { retentionCutoff } from '../../models/retention/retentionCutoff.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import type { FindingKind } from '../../redaction/finding.ts';
import { kindsIn, mask } from '../../redaction/redact.ts';
import { invalid } from '../http/problem.ts';
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
 * Applies the privacy settings of the org to a feedback, in place, before anything else sees it: replaces the user's id by
 * a pseudonym, and masks or refuses personal data in text.
 *
 * `pointerPrefix`: JSON pointer to the feedback in the body.
 *
 * @throws Problem 400 if the org refuses text with personal data, or no longer keeps feedback of that age
 */
export function createPrivacyFilter({
  settings,
  pseudonym,
}: PrivacyOptions): (feedback: FeedbackInput, nowMs: number, pointerPrefix: string) => void {
  return (feedback, nowMs, pointerPrefix) => {
    const { redaction, retention } = settings.of(feedback.orgId ?? null);
    if (retention !== 'forever' && retention.what === 'feedback')
      refuseExpired(feedback, retentionCutoff(retention, nowMs)!, pointerPrefix);
    if (redaction === 'refuse') refusePersonalData(feedback, pointerPrefix);
    if (redaction === 'mask')
      for (const field of TYPED_FIELDS) if (feedback[field] !== undefined) feedback[field] = mask(feedback[field]);
    if (feedback.userId !== undefined) feedback.userId = pseudonym(feedback.userId);
  };
}

function refuseExpired({ createdAt }: FeedbackInput, cutoff: Date, pointerPrefix: string): void {
  if (createdAt === undefined || new Date(createdAt) >= cutoff) return;
  const since = cutoff.toISOString().slice(0, 10);
  const message = `is older than this org keeps feedback: since ${since}`;
  throw invalid([{ pointer: `${pointerPrefix}/createdAt`, message }]);
}

/** Names the kinds of personal data, but repeats none of it. */
function refusePersonalData(feedback: FeedbackInput, pointerPrefix: string): void {
  const errors = TYPED_FIELDS.flatMap((field) => {
    const kinds = kindsIn([feedback[field] ?? '']);
    if (kinds.length === 0) return [];
    const names = kinds.map((kind) => KIND_NAMES[kind]).join(', ');
    const message = `holds ${names}, which this org does not accept; leave it out`;
    return [{ pointer: `${pointerPrefix}/${field}`, message }];
  });
  if (errors.length > 0) throw invalid(errors);
}
