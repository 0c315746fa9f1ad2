import { SENTIMENT_LABELS } from '../../../src/analysis/analysis.ts';
import { reliability } from './measures.ts';
import type { Scorecard } from './runScorecard.ts';
import { hasSign, isLabelRight, isPolar, type Judgement, judgedBySign } from './sentimentCard.ts';

const WORST = 5;
const MAX_QUOTE = 140;

/** The scorecard as Markdown tables, without any text of the sets. */
export function cardText(card: Scorecard): string {
  return [
    '### Positive against negative',
    '',
    'Accuracy of the sign of `score` over all rows labelled positive or negative; a score of 0 is wrong. *Left out*: learned and',
    'calibrated without any set of the same family. *Shipped*: the weights in the repository, which have seen the set: a measure',
    'of fit, not of quality. *Labels*: three labels over all labelled rows, left out. *ECE*: expected calibration error',
    'of `confidence` over the same rows as the accuracy, left out.',
    '',
    ...signTable(card),
    '',
    '### Reliability of confidence, all sets together',
    '',
    ...reliabilityTable(card),
    '',
    '### Labels: what was labelled, against what was said (left out, all sets together)',
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
  const rows = sets.map(({ left, shipped, peers: told }) => [
    left.set,
    String(left.rows),
    figure(left.accuracy),
    figure(shipped.accuracy),
    ...peers.map((peer) => figure(told[peer] ?? 0)),
    figure(left.labels),
    figure(left.ece),
  ]);
  const mean = (part: (set: Scorecard['sets'][number]) => number) =>
    figure(sets.reduce((sum, set) => sum + part(set), 0) / (sets.length || 1));
  rows.push([
    'mean',
    '',
    mean(({ left }) => left.accuracy),
    mean(({ shipped }) => shipped.accuracy),
    ...peers.map((peer) => mean(({ peers: told }) => told[peer] ?? 0)),
    mean(({ left }) => left.labels),
    mean(({ left }) => left.ece),
  ]);
  return table(head, rows);
}

function reliabilityTable({ sets }: Scorecard): string[] {
  const judged = judgedBySign(sets.flatMap(({ judgements }) => judgements));
  return table(
    ['confidence', 'rows', 'mean confidence', 'accuracy'],
    reliability(judged).map(({ from, count, confidence, accuracy }) => [
      `${from.toFixed(1)} – ${(from + 0.1).toFixed(1)}`,
      String(count),
      figure(confidence),
      figure(accuracy),
    ]),
  );
}

function confusionTable({ sets }: Scorecard): string[] {
  const judgements = sets.flatMap((set) => set.judgements);
  const said = [...SENTIMENT_LABELS, 'unscored'];
  return table(
    ['labelled', ...said],
    ['pos', 'neu', 'neg'].map((label) => [
      label,
      ...said.map((one) =>
        String(
          judgements.filter(
            ({ row, analysis }) => row.label === label && (analysis.sentiment?.label ?? 'unscored') === one,
          ).length,
        ),
      ),
    ]),
  );
}

function suggestionLines({ suggestions }: Scorecard): string[] {
  if (!suggestions) return ['`suggest_A_trial` is not there.'];
  const { rows, scoredPositive, f1, precision, recall } = suggestions;
  return table(
    ['set', 'rows', 'suggestions labelled positive', 'F1 of kind `request`', 'precision', 'recall'],
    [
      [
        'suggest_A_trial',
        String(rows),
        figure(scoredPositive),
        figure(f1),
        figure(precision),
        figure(recall),
      ],
    ],
  );
}

function themeTable({ themes }: Scorecard): string[] {
  return table(
    ['set', 'rows', 'themes, micro-F1', 'sentiment given the theme, macro-F1'],
    themes.map(({ set, score }) => [set, String(score.rows), figure(score.themes), figure(score.sentiment)]),
  );
}

/** The errors that were surest, by set: to learn from, on the terminal only. */
export function errorsText({ sets }: Scorecard): string {
  return sets
    .map(({ left, judgements }) => {
      const wrong = judgements
        .filter((one) => isPolar(one.row) && !isLabelRight(one) && isMistaken(one))
        .sort((a, b) => (b.analysis.sentiment?.confidence ?? 0) - (a.analysis.sentiment?.confidence ?? 0));
      const lines = wrong
        .slice(0, WORST)
        .map(
          ({ row, analysis }) =>
            `  ${row.label} ${analysis.sentiment?.score} (${analysis.sentiment?.confidence})  ${row.text.slice(0, MAX_QUOTE)}`,
        );
      return [`Surest errors in ${left.set}:`, ...lines].join('\n');
    })
    .join('\n\n');
}

function isMistaken({ row, analysis }: Judgement): boolean {
  return !hasSign(row, analysis.sentiment?.score ?? 0);
}

function figure(value: number): string {
  return value.toFixed(3).replace(/^0/, '');
}

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
