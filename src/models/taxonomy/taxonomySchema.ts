import { Schema } from 'mongoose';
import type { Taxonomy } from '../../analysis/taxonomy/taxonomy.ts';

/**
 * One version of the taxonomy of a scope: of an org, or (`orgId` null) of the deployment, which orgs without one of
 * their own follow. Versions are never changed; the latest of a scope is in force.
 */
export interface TaxonomyDocument {
  /** The org (nothing for the deployment), a space, and the version: the same version cannot be made twice. */
  _id: string;
  orgId: string | null;
  /** from 1; what was shipped is version 0 and is not stored */
  version: number;
  /** null: from this version on the org follows the deployment again, and the deployment what was shipped */
  themes: Taxonomy | null;
  createdAt: Date;
  /** the id of the key, or where else it came from */
  by: string;
}

export const taxonomySchema = new Schema<TaxonomyDocument>(
  {
    _id: { type: String },
    orgId: { type: String, default: null },
    version: { type: Number, required: true },
    themes: { type: Schema.Types.Mixed, default: null },
    createdAt: { type: Date, required: true },
    by: { type: String, required: true },
  },
  { collection: 'taxonomies', versionKey: false, minimize: false, strict: 'throw' },
);
taxonomySchema.index({ orgId: 1, version: -1 });
