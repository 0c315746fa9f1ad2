import { Schema } from 'mongoose';

/** Something that the deployment remembers of itself, under a name. */
export interface InternalStateDocument {
  _id: string;
  value: unknown;
}

export const internalStateSchema = new Schema<InternalStateDocument>(
  { _id: { type: String }, value: { type: Schema.Types.Mixed } },
  { collection: 'settings', versionKey: false, minimize: false, strict: 'throw' },
);
