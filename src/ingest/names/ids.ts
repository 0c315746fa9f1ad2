import { z } from 'zod';
import { hasAtMost } from '../hasAtMost.ts';
import { describeCharacter, hiddenCharacterAt } from './hiddenCharacters.ts';
import { isPlain } from './isPlain.ts';

export const MAX_ID_CHARACTERS = 128;

const RULE = `must be 1 to ${MAX_ID_CHARACTERS} visible characters, without spaces`;
const TOO_LONG = `must be at most ${MAX_ID_CHARACTERS} characters`;
/** Letters, marks, digits, punctuation and symbols. */
const VISIBLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u;
const NOT_VISIBLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S}]/u;

/**
 * Error text for an id that is not taken. `text`: as sent; `id`: without white space at its ends; `isNew`: it must hold no
 * hidden character, as old ones may.
 */
function faultOf(text: string, id: string, isNew: boolean): string | undefined {
  if (id === '') return RULE;
  if (!hasAtMost(id, MAX_ID_CHARACTERS)) return TOO_LONG;
  const index = VISIBLE.test(id) ? (isNew ? hiddenCharacterAt(id) : -1) : id.search(NOT_VISIBLE);
  if (index < 0) return undefined;
  const character = describeCharacter(text, text.indexOf(id) + index);
  return `holds ${character}; an id has letters, digits, punctuation and symbols only`;
}

/** White space that `trim` takes: readers of JSON Schema differ in the meaning of `\s`. */
const BLANKS = '[\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]*';

const createIdSchema = (isNew: boolean) =>
  z
    .string({ error: RULE })
    .check((payload) => {
      if (isPlain(payload.value, MAX_ID_CHARACTERS, false)) return;
      const id = payload.value.trim();
      const fault = faultOf(payload.value, id, isNew);
      if (fault === undefined) payload.value = id;
      else payload.issues.push({ code: 'custom', input: payload.value, message: fault });
    })
    .meta({
      id: isNew ? 'NewId' : 'Id',
      pattern: `^${BLANKS}[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}]{1,${MAX_ID_CHARACTERS}}${BLANKS}$`,
      description: RULE,
    });

/** The id of a feedback, org, user or session that is asked for or stored. White space at its ends is left out. */
export const idSchema = createIdSchema(false);

/** The same, of a new feedback. Earlier releases took some characters that cannot be seen, such as fillers. */
export const newIdSchema = createIdSchema(true);
