import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hashOfWord } from '../../../src/analysis/text/hash.ts';
import { HAPPY_EMOTICON, hashOfPoint, SAD_EMOTICON } from '../../../src/analysis/text/tokens.ts';
import { readProductWords } from './productWords.ts';

const require = createRequire(import.meta.url);

/** Emoji in feedback, by polarity, −4 to 4. */
const EMOJI: [number, string][] = [
  [3, '😍 🥰 🤩 ❤ 💖 💕 😻 🎉 🏆 💯 🥳 💗 💙 💚 💛 💜 🧡 ♥'],
  [2, '😀 😃 😄 😁 😊 🙂 👍 👏 🙌 😎 🤗 ⭐ 🌟 ✨ ☺ 😇 😘 💪 🔥 🚀 👌 😋 🤝'],
  [1, '🙏 😉 😅 ✅ ✔ 😂 🤣 😆 😜'],
  [-1, '🤔 😐 😑 😕 🙁 🤷 😬 🙄 😶 ⚠ 🥺 😓'],
  [-2, '👎 😞 😟 😔 ☹ 😢 😭 😩 😫 😖 😣 😒 ❌ 🐛 😤 💔 😥 😰 🤦 😨 😱'],
  [-3, '😠 😡 🤬 🤮 🤢 💩 🖕 😾 🤯'],
];

/**
 * The scores of a word in the word lists, each −1 to 1: AFINN-165 (the list of wink-sentiment and natural), VADER's raters,
 * and the product words of this repository.
 */
export type ListScores = Map<number, [afinn: number, vader: number, product: number]>;
export const LISTS = 3;

export interface Lexicon {
  listScores: ListScores;
  /** mean over the lists that have the word, −4 to 4, by hash; emoji and emoticons too */
  polarity: Map<number, number>;
  words: string[];
}

export function readLexicon(): Lexicon {
  const afinn = require('wink-sentiment/src/afinn-en-165.js') as Record<string, number>;
  const listScores: ListScores = new Map();
  const words: string[] = [];
  [
    { list: afinn, max: 5 },
    { list: readVader(), max: 4 },
    { list: readProductWords(), max: 4 },
  ].forEach(({ list, max }, index) => {
    for (const [word, value] of Object.entries(list)) {
      if (!Number.isFinite(value) || !/^[a-z][a-z']*$/.test(word)) continue;
      const hash = hashOfWord(word);
      const scores = listScores.get(hash) ?? [0, 0, 0];
      scores[index] = value / max;
      if (!listScores.has(hash)) words.push(word.replaceAll("'", ''));
      listScores.set(hash, scores);
    }
  });
  const polarity = new Map<number, number>();
  for (const [hash, scores] of listScores) {
    const known = scores.filter((value) => value !== 0);
    const mean = (4 * known.reduce((sum, value) => sum + value, 0)) / (known.length || 1);
    if (Math.abs(mean) >= 0.1) polarity.set(hash, mean);
  }
  for (const [value, list] of EMOJI)
    for (const emoji of list.split(' ')) polarity.set(hashOfPoint(emoji.codePointAt(0)!), value);
  polarity.set(HAPPY_EMOTICON, 2);
  polarity.set(SAD_EMOTICON, -2);
  return { listScores, polarity, words };
}

/** Reads VADER's lexicon: lines of a word, its mean rating and more columns, separated by tabs. */
function readVader(): Record<string, number> {
  const lines = readFileSync(require.resolve('vader-sentiment/vader_lexicon.txt'), 'utf8').split('\n');
  return Object.fromEntries(lines.map((line) => line.split('\t')).map(([word = '', mean]) => [word, Number(mean)]));
}
