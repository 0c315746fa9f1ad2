/** One version of what a scope has set: an org, or (`orgId` null) the deployment. Versions never change. */
export interface ScopeVersion {
  /** `<org> <version>`, the org empty for the deployment, so that no version can be stored twice */
  _id: string;
  orgId: string | null;
  /** from 1; version 0 is the default, which is not stored */
  version: number;
  createdAt: Date;
  /** id of the key or person, or the kind of actor without one */
  by: string;
}

export const scopeVersionFields = {
  _id: { type: String },
  orgId: { type: String, default: null },
  version: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  by: { type: String, required: true },
};
