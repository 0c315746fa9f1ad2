import { localDayOf } from '../../aggregates/zoneDays.ts';
import type { FeedbackDocument } from '../feedback/feedbackDocument.ts';
import type { OrgZone } from './activeZones.ts';

/** Sets the local days that count feedback, by the zones of its orgs, in place. May be called again with other zones. */
export function markLocalDays(documents: readonly FeedbackDocument[], zones: ReadonlyMap<string, OrgZone>): void {
  for (const document of documents) {
    const counted = document.orgId === undefined ? undefined : zones.get(document.orgId)?.counted;
    if (counted?.length) document.localDays = counted.map((zone) => localDayOf(document.createdAt, zone));
    else if (document.localDays) delete document.localDays;
  }
}
