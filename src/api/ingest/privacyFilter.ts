import { CHOICES } from '../../aggregates/contribution.ts';
import type { FeedbackInput } from '../../ingest/feedbackSchema.ts';
import { retentionCutoff } from '../../models/retention/retentionCutoff.ts';
import type { ActiveSettings } from '../../models/settings/activeSettings.ts';
import type { FindingKind } from '../../redaction/finding.ts';
import { kindsIn, mask } from '../../redaction/redact.ts';
import { invalid } from '../http/problem.ts';
import type { Pseudonym } from './pseudonyms.ts';

/** What people may have typed themselves. Ids, tags and the names of experiments are the app's own. */
const TYPED = ['improvements', ...CHOICES] as const;

const NAMES: Record<FindingKind, string> = {
  'e-mail': 'an e-mail address',
  phone: 'a phone number',
  card: 'a card number',
  iban: 'a bank account number',
  token: 'a password, key or token',
};

/**
 * What is done to each feedback at the door, before anything else sees it, for the privacy of whom it is from and about:
 * its user goes by a pseudonym, and personal data in its text is masked or refused, as its org has set.
 *
 * `at` is where it is in the body, as a JSON pointer.
 *
 * @throws Problem where the org refuses texts with personal data, or no longer keeps what is so old
 */
export function createPrivacyFilter(of: {
  settings: Pick<ActiveSettings, 'of'>;
  pseudonym: Pseudonym;
}): (feedback: FeedbackInput, now: number, at: string) => void {
  return (feedback, now, at) => {
    const { redaction, retention } = of.settings.of(feedback.orgId ?? null);
    if (retention !== 'forever' && retention.what === 'feedback')
      refuseExpired(feedback, retentionCutoff(retention, now)!, at);
    if (redaction === 'refuse') refuseSensitive(feedback, at);
    if (redaction === 'mask')
      for (const field of TYPED) if (feedback[field] !== undefined) feedback[field] = mask(feedback[field]);
    if (feedback.userId !== undefined) feedback.userId = of.pseudonym(feedback.userId);
  };
}

function refuseExpired({ createdAt }: FeedbackInput, horizon: Date, at: string): void {
  if (createdAt === undefined || new Date(createdAt) >= horizon) return;
  const since = horizon.toISOString().slice(0, 10);
  throw invalid([
    { pointer: `${at}/createdAt`, message: `is older than this org keeps feedback: since ${since}` },
  ]);
}

/** Says which kinds were found, and never what. */
function refuseSensitive(feedback: FeedbackInput, at: string): void {
  const errors = TYPED.flatMap((field) => {
    const kinds = kindsIn([feedback[field] ?? '']);
    const found = kinds.map((kind) => NAMES[kind]).join(', ');
    return kinds.length === 0
      ? []
      : [
          {
            pointer: `${at}/${field}`,
            message: `holds ${found}, which this org does not take; leave it out`,
          },
        ];
  });
  if (errors.length > 0) throw invalid(errors);
}
