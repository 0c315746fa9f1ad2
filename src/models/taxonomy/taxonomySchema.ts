import { Schema } from 'mongoose';
import type { Taxonomy } from '../../analysis/taxonomy/taxonomy.ts';
import { type ScopeVersion, scopeVersionFields } from '../scopeVersionSchema.ts';

/** One version of the taxonomy of an org, or of the deployment, which orgs without their own follow. */
export interface TaxonomyDocument extends ScopeVersion {
  /** null: the org follows the deployment again, and the deployment the default taxonomy */
  themes: Taxonomy | null;
}

export const taxonomySchema = new Schema<TaxonomyDocument>(
  { ...scopeVersionFields, themes: { type: Schema.Types.Mixed, default: null } },
  { collection: 'taxonomies', versionKey: false, minimize: false, strict: 'throw' },
);
taxonomySchema.index({ orgId: 1, version: -1 });
