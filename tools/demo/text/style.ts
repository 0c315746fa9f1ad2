import type { Random } from '../../support/random.ts';
import type { Mood } from './types.ts';

/** How a person types. Rates are probabilities. */
export interface Style {
  /** Never uses capitals. */
  lowerCase: boolean;
  /** Leaves out apostrophes: "dont". */
  noApostrophes: boolean;
  /** Leaves out the last full stop. */
  noFullStop: boolean;
  /** Slips per word. */
  typoRate: number;
  emojiRate: number;
  exclaimRate: number;
}

export function randomStyle(random: Random): Style {
  const casual = random.next();
  return {
    lowerCase: casual > 0.78,
    noApostrophes: casual > 0.7 && random.chance(0.6),
    noFullStop: random.chance(0.25 + 0.5 * casual),
    typoRate: random.chance(0.35) ? 0.004 + 0.02 * random.next() ** 2 : 0.001,
    emojiRate: random.chance(0.2) ? 0.35 : 0.02,
    exclaimRate: random.chance(0.15) ? 0.4 : 0.06,
  };
}

const emoji: Record<Mood, readonly string[]> = {
  glad: ['😊', '🙏', '❤️', '👍', '🎉', '💪', '😍', '👏'],
  content: ['🙂', '👍', '😊', '👌'],
  mixed: ['🤔', '😐', '🤷', '🙃'],
  annoyed: ['😕', '🙄', '😞', '👎', '😩'],
  angry: ['😡', '😤', '👎', '🤦', '🙄'],
};

const neighbours: Record<string, string> = {
  a: 's',
  b: 'v',
  c: 'x',
  d: 'f',
  e: 'r',
  f: 'g',
  g: 'h',
  h: 'j',
  i: 'o',
  j: 'k',
  k: 'l',
  l: 'k',
  m: 'n',
  n: 'm',
  o: 'p',
  p: 'o',
  r: 't',
  s: 'a',
  t: 'r',
  u: 'i',
  v: 'c',
  w: 'e',
  x: 'c',
  y: 'u',
  z: 'x',
};

/** Begins each sentence and list item with a capital, ends the text with a full stop where it has no end. */
export function tidy(text: string): string {
  const capitalised = text.replace(
    /(^|[.!?]\s+|\n(?:[-+] |\d[.)] )?)(\p{Ll})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
  return /[.!?…。:]["”]?$|\p{Extended_Pictographic}$/u.test(capitalised) || /\n[-+\d]/.test(capitalised)
    ? capitalised
    : `${capitalised}.`;
}

/** The tidy `text` as a person of that `style` and mood would have typed it. */
export function typeOut(text: string, style: Style, mood: Mood, random: Random): string {
  let typed = text.replace(/\p{L}{4,}/gu, (word) => (random.chance(style.typoRate) ? slip(word, random) : word));
  if (random.chance(style.exclaimRate) && mood !== 'mixed') typed = typed.replace(/\.$/, mood === 'angry' ? '!!' : '!');
  if (mood === 'angry' && random.chance(0.12)) {
    typed = typed.replace(/\b(never|nothing|every|again|still|always|not|slow|useless|twice)\b/, (word) =>
      word.toUpperCase(),
    );
  }
  if (style.noApostrophes) typed = typed.replace(/(\p{L})'(t|s|m|d|ll|ve|re)(?!\p{L})/gu, '$1$2');
  if (style.lowerCase) {
    typed = typed.replace(/\p{L}+/gu, (word) => (/^\p{Lu}{2,}$/u.test(word) ? word : word.toLowerCase()));
  }
  if (style.noFullStop) typed = typed.replace(/([^.])\.$/, '$1');
  if (random.chance(style.emojiRate)) {
    typed += ` ${random.pick(emoji[mood])}`;
    if (random.chance(0.15)) typed += typed.match(/\p{Extended_Pictographic}\uFE0F?$/u)?.[0] ?? '';
  }
  return typed;
}

/** One slip of the fingers: two letters swapped, a neighbouring key, a letter lost or doubled. */
function slip(word: string, random: Random): string {
  const at = random.int(1, word.length - 2);
  const [before, letter, next, after] = [word.slice(0, at), word[at]!, word[at + 1]!, word.slice(at + 2)];
  const kind = random.next();
  if (kind < 0.4) return before + next + letter + after;
  if (kind < 0.65) return before + (neighbours[letter] ?? letter) + next + after;
  if (kind < 0.85) return before + next + after;
  return before + letter + letter + next + after;
}
