import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hashOfWord } from '../../../src/analysis/text/hash.ts';
import { BAD_FACE, GOOD_FACE, hashOfPicture } from '../../../src/analysis/text/tokens.ts';
import { readProductWords } from './productWords.ts';

const require = createRequire(import.meta.url);

/** Emoji people put into feedback, by what they say: −4…4. */
const PICTURES: [number, string][] = [
  [3, '😍 🥰 🤩 ❤ 💖 💕 😻 🎉 🏆 💯 🥳 💗 💙 💚 💛 💜 🧡 ♥'],
  [2, '😀 😃 😄 😁 😊 🙂 👍 👏 🙌 😎 🤗 ⭐ 🌟 ✨ ☺ 😇 😘 💪 🔥 🚀 👌 😋 🤝'],
  [1, '🙏 😉 😅 ✅ ✔ 😂 🤣 😆 😜'],
  [-1, '🤔 😐 😑 😕 🙁 🤷 😬 🙄 😶 ⚠ 🥺 😓'],
  [-2, '👎 😞 😟 😔 ☹ 😢 😭 😩 😫 😖 😣 😒 ❌ 🐛 😤 💔 😥 😰 🤦 😨 😱'],
  [-3, '😠 😡 🤬 🤮 🤢 💩 🖕 😾 🤯'],
];

/**
 * What the word lists say of a word, each −1…1: AFINN-165 (the list of wink-sentiment and natural), VADER's raters, and
 * our own of products' faults and merits.
 */
export type Traits = Map<number, [afinn: number, vader: number, product: number]>;
export const TRAITS = 3;

export interface Lexicon {
  traits: Traits;
  /** the mean of the lists that have a word, −4…4, by hash; emoji and emoticons too */
  polarity: Map<number, number>;
  /** the words themselves */
  words: string[];
}

export function readLexicon(): Lexicon {
  const wink = require('wink-sentiment/src/afinn-en-165.js') as Record<string, number>;
  const vader = readVader();
  const traits: Traits = new Map();
  const words: string[] = [];
  [
    { list: wink, most: 5 },
    { list: vader, most: 4 },
    { list: readProductWords(), most: 4 },
  ].forEach(({ list, most }, at) => {
    for (const [word, value] of Object.entries(list)) {
      if (!Number.isFinite(value) || !/^[a-z][a-z']*$/.test(word)) continue;
      const hash = hashOfWord(word);
      const trait = traits.get(hash) ?? [0, 0, 0];
      trait[at] = value / most;
      if (!traits.has(hash)) words.push(word.replaceAll("'", ''));
      traits.set(hash, trait);
    }
  });
  const polarity = new Map<number, number>();
  for (const [hash, trait] of traits) {
    const told = trait.filter((value) => value !== 0);
    const mean = (4 * told.reduce((sum, value) => sum + value, 0)) / (told.length || 1);
    if (Math.abs(mean) >= 0.1) polarity.set(hash, mean);
  }
  for (const [value, pictures] of PICTURES)
    for (const picture of pictures.split(' ')) polarity.set(hashOfPicture(picture), value);
  polarity.set(GOOD_FACE, 2);
  polarity.set(BAD_FACE, -2);
  return { traits, polarity, words };
}

/** VADER's lexicon: a word, the mean of its ratings, and more that is not needed, between tabs. */
function readVader(): Record<string, number> {
  const lines = readFileSync(require.resolve('vader-sentiment/vader_lexicon.txt'), 'utf8').split('\n');
  return Object.fromEntries(
    lines.map((line) => line.split('\t')).map(([word = '', mean]) => [word, Number(mean)]),
  );
}
