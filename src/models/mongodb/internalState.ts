import { Schema } from 'mongoose';

/** A value that the deployment stores about itself, by name: secrets, sequences, locks. */
export interface InternalStateDocument {
  _id: string;
  value: unknown;
}

export const internalStateSchema = new Schema<InternalStateDocument>(
  { _id: { type: String }, value: { type: Schema.Types.Mixed } },
  { collection: 'settings', versionKey: false, minimize: false, strict: 'throw' },
);
