import { SENTIMENT_LABELS } from '../../../src/analysis/analysis.ts';
import { reliability } from './measures.ts';
import type { Scorecard } from './runScorecard.ts';
import { hasSign, isLabelRight, isPolar, type JudgedRow, signPredictions } from './sentimentCard.ts';

/** Errors shown for each data set. */
const MAX_ERRORS = 5;
/** Max characters of a text shown. */
const MAX_QUOTE = 140;

/** The scorecard as Markdown tables. Contains no text of a data set. */
export function cardText(card: Scorecard): string {
  return [
    '### Positive against negative',
    '',
    'Accuracy of the sign of `score` over all rows labelled positive or negative. A score of 0 is an error.',
    '',
    '- *Left out*: trained and calibrated without any data set of the same family.',
    '- *Shipped*: the weights in the repository, which were trained on the data set. This measures fit, not quality.',
    '- *Labels*: accuracy of three labels over all labelled rows, left out.',
    '- *ECE*: expected calibration error of `confidence` over the rows of the accuracy, left out.',
    '',
    ...signTable(card),
    '',
    '### Reliability of confidence, all data sets',
    '',
    ...reliabilityTable(card),
    '',
    '### True label against predicted label, left out, all data sets',
    '',
    ...confusionTable(card),
    '',
    '### Requests',
    '',
    ...suggestionLines(card),
    '',
    '### Themes, with the taxonomies in `test/analysis/taxonomy/domains`',
    '',
    ...themeTable(card),
  ].join('\n');
}

function signTable({ sets }: Scorecard): string[] {
  const peers = Object.keys(sets[0]?.peers ?? {});
  const head = ['set', 'rows', 'left out', 'shipped', ...peers, 'labels', 'ECE'];
  const rows = sets.map(({ leftOut, shipped, peers: peerScores }) => [
    leftOut.set,
    String(leftOut.rows),
    figure(leftOut.accuracy),
    figure(shipped.accuracy),
    ...peers.map((peer) => figure(peerScores[peer] ?? 0)),
    figure(leftOut.labels),
    figure(leftOut.ece),
  ]);
  const mean = (part: (set: Scorecard['sets'][number]) => number) =>
    figure(sets.reduce((sum, set) => sum + part(set), 0) / (sets.length || 1));
  rows.push([
    'mean',
    '',
    mean(({ leftOut }) => leftOut.accuracy),
    mean(({ shipped }) => shipped.accuracy),
    ...peers.map((peer) => mean(({ peers: peerScores }) => peerScores[peer] ?? 0)),
    mean(({ leftOut }) => leftOut.labels),
    mean(({ leftOut }) => leftOut.ece),
  ]);
  return table(head, rows);
}

function reliabilityTable({ sets }: Scorecard): string[] {
  const predictions = signPredictions(sets.flatMap(({ judged }) => judged));
  return table(
    ['confidence', 'rows', 'mean confidence', 'accuracy'],
    reliability(predictions).map(({ from, count, confidence, accuracy }) => [
      `${from.toFixed(1)} – ${(from + 0.1).toFixed(1)}`,
      String(count),
      figure(confidence),
      figure(accuracy),
    ]),
  );
}

function confusionTable({ sets }: Scorecard): string[] {
  const judged = sets.flatMap((set) => set.judged);
  const predicted = [...SENTIMENT_LABELS, 'unscored'];
  return table(
    ['true label', ...predicted],
    ['pos', 'neu', 'neg'].map((label) => [
      label,
      ...predicted.map((name) =>
        String(
          judged.filter(
            ({ row, analysis }) => row.label === label && (analysis.sentiment?.label ?? 'unscored') === name,
          ).length,
        ),
      ),
    ]),
  );
}

function suggestionLines({ suggestions }: Scorecard): string[] {
  if (!suggestions) return ['The data set `suggest_A_trial` is missing.'];
  const { rows, scoredPositive, f1, precision, recall } = suggestions;
  return table(
    ['set', 'rows', 'suggestions labelled positive', 'F1 of kind `request`', 'precision', 'recall'],
    [['suggest_A_trial', String(rows), figure(scoredPositive), figure(f1), figure(precision), figure(recall)]],
  );
}

function themeTable({ themes }: Scorecard): string[] {
  return table(
    ['set', 'rows', 'themes, micro-F1', 'sentiment given the theme, macro-F1'],
    themes.map(({ set, score }) => [set, String(score.rows), figure(score.themes), figure(score.sentiment)]),
  );
}

/** The most confident errors of each data set, with their texts. For the terminal only. */
export function errorsText({ sets }: Scorecard): string {
  return sets
    .map(({ leftOut, judged }) => {
      const wrong = judged
        .filter((row) => isPolar(row.row) && !isLabelRight(row) && hasWrongSign(row))
        .sort((a, b) => (b.analysis.sentiment?.confidence ?? 0) - (a.analysis.sentiment?.confidence ?? 0));
      const lines = wrong
        .slice(0, MAX_ERRORS)
        .map(
          ({ row, analysis }) =>
            `  ${row.label} ${analysis.sentiment?.score} (${analysis.sentiment?.confidence})  ${row.text.slice(0, MAX_QUOTE)}`,
        );
      return [`Most confident errors in ${leftOut.set}:`, ...lines].join('\n');
    })
    .join('\n\n');
}

function hasWrongSign({ row, analysis }: JudgedRow): boolean {
  return !hasSign(row, analysis.sentiment?.score ?? 0);
}

function figure(value: number): string {
  return value.toFixed(3).replace(/^0/, '');
}

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
