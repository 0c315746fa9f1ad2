import { InvalidArgumentError } from 'commander';
import { idSchema } from '../ingest/names/ids.ts';

/** The id that an argument of a command gives. Throws InvalidArgumentError. */
export function readId(text: string): string {
  const { data, error } = idSchema.safeParse(text);
  if (error) throw new InvalidArgumentError(`"${text}" is not an id: it ${error.issues[0]?.message}`);
  return data;
}
