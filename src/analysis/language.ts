const STOP_WORDS: Record<string, string> = {
  en: 'the and is it to of a in was for with that this are have not but my you we they very too would',
  de: 'der die das und ist nicht ich mit ein eine zu den auf für es sehr aber wir auch wird sind hat noch',
  fr: "le la les et est pas je avec un une des pour très mais nous c'est que qui dans plus sont trop du",
  es: 'el la los las y es no con un una para muy pero que en del más está son por se demasiado mi',
  pt: 'o os as e é não com um uma para muito mas que em do da mais está são por ao meu',
};

const LANGUAGES_OF = new Map<string, string[]>();
for (const [language, words] of Object.entries(STOP_WORDS))
  for (const word of words.split(' ')) LANGUAGES_OF.set(word, [...(LANGUAGES_OF.get(word) ?? []), language]);

/**
 * Whether a text can be scored as English: its most frequent function words are English, or it has none and is written
 * in Latin letters or in signs alone. Anything else is left unscored, never guessed.
 */
export function isEnglish(text: string, words: string[]): boolean {
  const counts: Record<string, number> = {};
  for (const word of words)
    for (const language of LANGUAGES_OF.get(word) ?? []) counts[language] = (counts[language] ?? 0) + 1;
  const most = Math.max(0, ...Object.values(counts));
  if (most > 0) return (counts.en ?? 0) === most;
  return !/(?!\p{Script=Latin})\p{L}/u.test(text);
}
