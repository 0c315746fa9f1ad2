import { z } from 'zod';
import { hasAtMost } from '../hasAtMost.ts';
import { describeCharacter, hiddenCharacterAt, visiblePart } from './hiddenCharacters.ts';
import { isPlain } from './isPlain.ts';

/** Max characters of a choice, a tag, or the name of an experiment or variant. */
export const MAX_LABEL_CHARACTERS = 100;

const RULE = `must be text of 1 to ${MAX_LABEL_CHARACTERS} characters`;
const BLANK = 'is blank; leave it out';
const TOO_LONG = `must be at most ${MAX_LABEL_CHARACTERS} characters`;

const isPlainLabel = (text: string) => isPlain(text, MAX_LABEL_CHARACTERS, true);

type ReadLabel = { label: string; fault?: never } | { label?: never; fault: string };

/**
 * A label as it is stored, or the fault. Labels that look the same are the same: without blanks at its ends, every run of
 * spaces of any kind as one space, and in Unicode's form NFC. Zero width spaces between words of scripts without spaces
 * are left out.
 */
export function readLabel(text: string): ReadLabel {
  if (isPlainLabel(text)) return { label: text };
  // JSON Schema can trim white space only, so the limit is for the text without it.
  if (!hasAtMost(text.trim(), MAX_LABEL_CHARACTERS)) return { fault: TOO_LONG };
  const [start, end] = visiblePart(text);
  if (start === end) return { fault: BLANK };
  const part = text.slice(start, end);
  const dropped = part.includes(ZERO_WIDTH_SPACE) && WITHOUT_SPACES.test(part) ? ZERO_WIDTH_SPACE : '';
  const hidden = hiddenCharacterAt(part, dropped);
  if (hidden >= 0)
    return { fault: `holds ${describeCharacter(text, start + hidden)}, which cannot be seen; take it out` };
  const label = part
    .replaceAll(dropped, '')
    .replace(/\p{Zs}+/gu, ' ')
    .normalize('NFC');
  return hasAtMost(label, MAX_LABEL_CHARACTERS) ? { label } : { fault: TOO_LONG };
}

const ZERO_WIDTH_SPACE = '\u200b';
/** Letters of scripts that are written without spaces. */
const WITHOUT_SPACES =
  /[\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}\p{scx=Javanese}\p{scx=Balinese}\p{scx=Tai_Tham}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u;

/** Every label that any release accepted; of `MAX_LABEL_CHARACTERS`. */
const ACCEPTED = /^[^\p{Cc}\p{Cs}]{1,100}$/u;
// Looser than the rule: some readers of JSON Schema do not know the classes of Unicode.
const PATTERN = `^\\s*\\S(.{0,${MAX_LABEL_CHARACTERS - 2}}\\S)?\\s*$`;

/** A choice, a tag, or the name of an experiment or variant, as it is stored. */
export const labelSchema = z
  .string({ error: RULE })
  .check((payload) => {
    if (isPlainLabel(payload.value)) return;
    const { label, fault } = readLabel(payload.value);
    if (fault === undefined) payload.value = label;
    else payload.issues.push({ code: 'custom', input: payload.value, message: fault });
  })
  .meta({
    pattern: PATTERN,
    description: `Text of 1 to ${MAX_LABEL_CHARACTERS} characters. Blanks at its ends are left out.`,
  });

/** A label that an earlier release or this one has accepted. It stays as it is. */
export const acceptedLabelSchema = z.string().regex(ACCEPTED, { error: RULE });

/** A label to search for, as typed, or as it is stored if no release stored the other. It matches all its `spellingsOf`. */
export const labelFilterSchema = z
  .string({ error: RULE })
  .check((payload) => {
    // Labels of earlier releases stay in reach.
    if (ACCEPTED.test(payload.value) && payload.value.trim() !== '') return;
    const { label, fault } = readLabel(payload.value);
    if (fault === undefined) payload.value = label;
    else payload.issues.push({ code: 'custom', input: payload.value, message: fault });
  })
  .meta({ pattern: PATTERN });

/** The spellings under which a label may be stored: as it is stored now, and as an earlier release stored it. */
export function spellingsOf(text: string): string[] {
  const { label } = readLabel(text);
  return label === undefined || label === text ? [text] : [label, text];
}
