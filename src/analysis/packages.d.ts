declare module 'wink-sentiment' {
  export default function sentiment(text: string): { score: number; normalizedScore: number };
}
declare module 'natural/lib/natural/stemmers/porter_stemmer.js' {
  const stemmer: { stem(word: string): string };
  export default stemmer;
}
declare module 'natural/lib/natural/distance/levenshtein_distance.js' {
  const distances: {
    /** Edits between two texts. `restricted`: no part of a text is edited twice. */
    DamerauLevenshteinDistance(source: string, target: string, options: { restricted: boolean }): number;
  };
  export default distances;
}
