import { Schema } from 'mongoose';

/**
 * The time zone of an org's days, and the recount that a change of it needs. UTC is null: UTC days are always counted, so
 * they need no recount. An org that never had another zone has no document.
 *
 * A writer counts new feedback in the zones of `counted`; readers use the days of `active`.
 */
export interface OrgZoneDocument {
  /** org */
  _id: string;
  /** zone that the settings ask for */
  wanted: string | null;
  /** zone that readers use: every feedback of the org counts in it */
  active: string | null;
  /** time since which `active` is in use */
  activeSince: Date;
  /**
   * Last day up to which `active` counts feedback that retention removed by its UTC day, because its time is not known any
   * more. Null without such feedback.
   */
  utcUntil: string | null;
  /** the same of the zone that is being counted */
  utcUntilNext: string | null;
  counted: string[];
  /** zones whose days are being removed; none of them is counted before that is done */
  leaving: string[];
  /** whether all writers use `counted` */
  isKnownToWriters: boolean;
  /** feedback visited last while the wanted zone is counted, in the order of time */
  cursor: { createdAt: Date; id: string } | null;
  /** whether all feedback was visited */
  isWalked: boolean;
  /** feedback visited; feedback of the org, roughly */
  walked: number;
  total: number;
  /** incremented by every change, so that of two processes with the same step one does nothing (optimistic concurrency) */
  revision: number;
  /** false while there is something to recount */
  isSettled: boolean;
  requestedAt: Date;
  steppedAt: Date;
}

export const orgZoneSchema = new Schema<OrgZoneDocument>(
  {
    _id: { type: String },
    wanted: { type: String, default: null },
    active: { type: String, default: null },
    activeSince: { type: Date, required: true },
    utcUntil: { type: String, default: null },
    utcUntilNext: { type: String, default: null },
    counted: { type: [String] },
    leaving: { type: [String] },
    isKnownToWriters: { type: Boolean },
    cursor: { type: Schema.Types.Mixed, default: null },
    isWalked: { type: Boolean },
    walked: { type: Number },
    total: { type: Number },
    revision: { type: Number, required: true },
    isSettled: { type: Boolean, required: true },
    requestedAt: { type: Date, required: true },
    steppedAt: { type: Date, required: true },
  },
  { collection: 'org_zones', versionKey: false, minimize: false, strict: 'throw' },
);
