import { z } from 'zod';

export const MAX_ID_CHARACTERS = 128;

const RULE = `must be 1 to ${MAX_ID_CHARACTERS} visible characters, without spaces`;
/** Letters, marks, digits, punctuation and symbols, counted as code points. */
const VISIBLE = new RegExp(`^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]{1,${MAX_ID_CHARACTERS}}$`, 'u');

/** The id of a feedback, org, user or session. */
export const idSchema = z
  .string({ error: RULE })
  .regex(VISIBLE, { error: RULE })
  // The pattern is looser than the rule: some readers of JSON Schema do not know the classes of Unicode.
  .meta({ pattern: `^\\S{1,${MAX_ID_CHARACTERS}}$`, description: RULE });
