import { comparable } from '../cells.ts';

/** Answers of scales with five steps, best first, in English, German, French, Spanish and Portuguese. */
const SCALES: readonly (readonly string[])[] = [
  ['very satisfied', 'satisfied', 'neutral', 'dissatisfied', 'very dissatisfied'],
  ['very satisfied', 'satisfied', 'neither satisfied nor dissatisfied', 'dissatisfied', 'very dissatisfied'],
  ['very satisfied', 'satisfied', 'neutral', 'unsatisfied', 'very unsatisfied'],
  [
    'extremely satisfied',
    'somewhat satisfied',
    'neither satisfied nor dissatisfied',
    'somewhat dissatisfied',
    'extremely dissatisfied',
  ],
  ['excellent', 'good', 'average', 'poor', 'very poor'],
  ['very good', 'good', 'fair', 'bad', 'very bad'],
  ['great', 'good', 'okay', 'bad', 'terrible'],
  ['strongly agree', 'agree', 'neither agree nor disagree', 'disagree', 'strongly disagree'],
  ['strongly agree', 'agree', 'neutral', 'disagree', 'strongly disagree'],
  ['sehr zufrieden', 'zufrieden', 'neutral', 'unzufrieden', 'sehr unzufrieden'],
  ['sehr zufrieden', 'eher zufrieden', 'teils/teils', 'eher unzufrieden', 'sehr unzufrieden'],
  ['sehr gut', 'gut', 'mittel', 'schlecht', 'sehr schlecht'],
  ['stimme voll zu', 'stimme zu', 'weder noch', 'stimme nicht zu', 'stimme überhaupt nicht zu'],
  ['très satisfait', 'satisfait', 'neutre', 'insatisfait', 'très insatisfait'],
  ['très satisfait', 'plutôt satisfait', 'ni satisfait ni insatisfait', 'plutôt insatisfait', 'très insatisfait'],
  ["tout à fait d'accord", "d'accord", "ni d'accord ni pas d'accord", "pas d'accord", "pas du tout d'accord"],
  ['très bien', 'bien', 'moyen', 'mauvais', 'très mauvais'],
  ['muy satisfecho', 'satisfecho', 'neutral', 'insatisfecho', 'muy insatisfecho'],
  [
    'totalmente de acuerdo',
    'de acuerdo',
    'ni de acuerdo ni en desacuerdo',
    'en desacuerdo',
    'totalmente en desacuerdo',
  ],
  ['muy bueno', 'bueno', 'regular', 'malo', 'muy malo'],
  ['muito satisfeito', 'satisfeito', 'neutro', 'insatisfeito', 'muito insatisfeito'],
  ['concordo totalmente', 'concordo', 'não concordo nem discordo', 'discordo', 'discordo totalmente'],
  ['muito bom', 'bom', 'regular', 'ruim', 'muito ruim'],
];

/**
 * Table of ratings for answers in words, if all of them belong to one known scale. All steps of the scale are in it, since
 * later rows may hold answers that the sample lacks.
 */
export function ratingTableOf(answers: Iterable<string>): Record<string, number> | undefined {
  const texts = [...answers];
  for (const scale of SCALES)
    if (texts.every((text) => scale.includes(comparable(text)))) {
      const table: Record<string, number> = {};
      for (const [index, word] of scale.entries())
        table[texts.find((text) => comparable(text) === word) ?? capitalised(word)] = 5 - index;
      return table;
    }
  return undefined;
}

const capitalised = (word: string) => word[0]!.toUpperCase() + word.slice(1);
