import { z } from 'zod';

export const MAX_ID_CHARACTERS = 128;

const RULE = `must be 1 to ${MAX_ID_CHARACTERS} visible characters, without spaces`;
/** Letters, marks, digits, punctuation and symbols, counted as code points. */
const VISIBLE = new RegExp(`^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]{1,${MAX_ID_CHARACTERS}}$`, 'u');

/** The id of a feedback, org, user or session. */
export const idSchema = z.string({ error: RULE }).regex(VISIBLE, { error: RULE }).meta({ id: 'Id', description: RULE });
