import { Schema } from 'mongoose';

/** Something that the deployment remembers of itself, under a name. */
export interface SettingDocument {
  _id: string;
  value: unknown;
}

export const settingSchema = new Schema<SettingDocument>(
  { _id: { type: String }, value: { type: Schema.Types.Mixed } },
  { collection: 'settings', versionKey: false, minimize: false, strict: 'throw' },
);
