import { Schema } from 'mongoose';
import type { Taxonomy } from '../../analysis/taxonomy/taxonomy.ts';

/**
 * One version of the taxonomy of a scope: an org, or (`orgId` null) the deployment, which orgs without their own
 * follow. Versions never change; the latest of a scope is active.
 */
export interface TaxonomyDocument {
  /** `<org> <version>`, the org empty for the deployment, so that no version can be stored twice */
  _id: string;
  orgId: string | null;
  /** from 1; version 0 is the default taxonomy, which is not stored */
  version: number;
  /** null: the org follows the deployment again, and the deployment the default taxonomy */
  themes: Taxonomy | null;
  createdAt: Date;
  /** id of the key or person, or the kind of actor without one */
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
