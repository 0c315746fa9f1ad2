import { LANGUAGES, type Language } from '../analysis.ts';
import { hashOfWord } from './hash.ts';
import { HashValues } from './hashTable.ts';
import type { Tokens } from './tokens.ts';

/** Function words by language. Those of languages that are not scored ('other') keep them apart from the scored ones. */
const FUNCTION_WORDS: Record<Language | 'other', string> = {
  en: `the and is it to of a in was for with that this are have not but my you we they very too would i on be at so
    what all me your from can if there when do just more no or an as by about has been were will don't it's can't i'm
    does get how out up than then them its our which who had did only after because should could even also much`,
  de: `der die das und ist nicht ich mit ein eine zu den auf für es sehr aber wir auch wird sind hat noch dem des im
    von sich wie bei nur man mir mich kann wenn oder aus als nach einen einem einer leider schon war haben habe zum zur
    beim sie er ihr mein meine kein keine was dass bitte immer mehr so hier vom über durch wäre würde gut danke`,
  fr: `le la les et est pas je avec un une des pour très mais nous c'est que qui dans plus sont trop du de il elle on
    ce cette ces au aux sur par ne n'est j'ai mon ma mes vous votre tout tous bien être fait peut sans leur y a été
    j'aime d'une l'application quand si comme ou où toujours aussi même encore merci il y`,
  es: `el la los las y es no con un una para muy pero que en del más está son por se demasiado mi de lo al me nos su
    le como cuando todo hay ser este esta sin sobre ya bien tiene puede gracias también siempre yo tan porque fue
    había cada desde nuestro esto eso sería falta donde`,
  pt: `o os as e é não com um uma para muito mas que em do da mais está são por ao meu de no na dos das se me nos
    minha como quando tudo tem ser este esta sem sobre já bem pode obrigado obrigada também sempre eu porque foi
    cada desde nosso isso seria falta onde você ele ela à às pelo pela até só gostei`,
  other: `il che non di è sono per una molto ma con del della gli le anche più questo questa troppo ho mi si lo nel
    het een niet van en ik maar met voor zijn op te dat deze ook heel wel geen naar om bij je er wat
    och att det som är inte jag på med för av den har till mycket men ett kan og er ikke jeg til av meget
    nie się na jest to i z że do bardzo ale jak mi tak co za dla są bir ve bu çok için ile da de ama değil gibi
    ja ei on se että mutta olen hyvin kun yang dan di tidak untuk ini itu dengan saya ada bisa banget và là của không
    có cho này rất nhưng și nu este cu pe în pentru foarte dar mai je to se na že ale jsem velmi az és nem hogy egy`,
};

const CODES = [...LANGUAGES, 'other'] as const;
const masks = new Map<number, number>();
CODES.forEach((code, bit) => {
  for (const word of FUNCTION_WORDS[code].split(/\s+/))
    masks.set(hashOfWord(word), (masks.get(hashOfWord(word)) ?? 0) | (1 << bit));
});
const maskTable = new HashValues(masks);

/** Max tokens that are read to detect the language. */
const MAX_TOKENS = 200;
/** Min share of words known to the model, 0 to 1, at which a text without function words is English. */
const KNOWN_SHARE = 0.5;

/**
 * Detects the language of a text by its function words. Returns null if it is not scored or unknown. A text in Latin letters
 * without function words is English if the model knows half of its words.
 */
export function languageOf(tokens: Tokens, knownWords: number): Language | null {
  if (tokens.otherLetters > tokens.latinLetters || tokens.latinLetters === 0) return null;
  const counts = [0, 0, 0, 0, 0, 0];
  const end = Math.min(tokens.count, MAX_TOKENS);
  for (let index = 0; index < end; index++) {
    const mask = maskTable.valueOf(tokens.hash[index]!);
    if (mask === 0) continue;
    // A word of only one language counts twice.
    const votes = (mask & (mask - 1)) === 0 ? 2 : 1;
    for (let bit = 0; bit < counts.length; bit++) if (mask & (1 << bit)) counts[bit]! += votes;
  }
  const english = counts[0]!;
  const most = Math.max(...counts);
  const isMostlyKnown = knownWords >= tokens.count * KNOWN_SHARE;
  if (most === english) return most > 0 || isMostlyKnown ? 'en' : null;
  // One ambiguous word among English ones does not change the language.
  if (isMostlyKnown && most <= english + 1 && knownWords >= tokens.count * 0.7) return 'en';
  const code = CODES[counts.indexOf(most)]!;
  return code === 'other' || counts.lastIndexOf(most) === CODES.length - 1 ? null : code;
}
