import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { parseTaxonomy } from '../../../src/analysis/taxonomy/checkTaxonomy.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { analyzeLines } from './analyzeLines.ts';

const program = new Command('npm run -s analyze --')
  .description(
    'Reads JSON lines with "id" and "improvements", and writes one JSON line for each, in the same order: id, ' +
      'sentiment, kind, language, clauses, mentions, analysisVersion. Lines that cannot be read are reported, and ' +
      'the exit code is 1.',
  )
  .option('--taxonomy <file>', 'JSON file of themes to look for instead of those for software products')
  .addHelpText('after', '\nExample:\n  npm run -s analyze < feedback.jsonl > analysed.jsonl')
  .parse();
const { taxonomy: file } = program.opts<{ taxonomy?: string }>();

const taxonomy = file === undefined ? defaultTaxonomy : readTaxonomy(file);
// Whoever reads the output may have read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
const broken = await analyzeLines({
  input: process.stdin,
  output: process.stdout,
  analyze: createAnalyzer({ taxonomy }),
  reportLine: (line, fault) => process.stderr.write(`line ${line}: ${fault}\n`),
});
if (broken > 0) process.exitCode = 1;

function readTaxonomy(path: string) {
  try {
    return parseTaxonomy(readFileSync(path, 'utf8'));
  } catch (error) {
    return program.error(`${path}: ${(error as Error).message}`);
  }
}
