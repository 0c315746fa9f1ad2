import { Schema } from 'mongoose';

/** The distinct answers to one question that are counted by name, in one org or over all orgs. */
export interface ChoiceListDocument {
  _id: string;
  choices: string[];
}

export const choiceListSchema = new Schema<ChoiceListDocument>(
  { _id: { type: String }, choices: { type: [String] } },
  { collection: 'choice_lists', versionKey: false, strict: 'throw' },
);
