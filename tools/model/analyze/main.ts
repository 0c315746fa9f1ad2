import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { parseTaxonomy } from '../../../src/analysis/taxonomy/checkTaxonomy.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { FileProblem } from '../../../src/ingest/files/fileProblem.ts';
import { analyzeLines } from './analyzeLines.ts';

const program = new Command('npm run -s analyze --')
  .description(
    'Analyses JSON lines with "id" and "improvements", in UTF-8, UTF-16 or windows-1252. Writes one JSON line for each, in the same order: id, sentiment, ' +
      'kind, language, clauses, mentions, analysisVersion. Reports invalid lines and then exits with code 1.',
  )
  .option('--taxonomy <file>', 'taxonomy as a JSON file (default: themes of software products)')
  .addHelpText('after', '\nExample:\n  npm run -s analyze < feedback.jsonl > analysed.jsonl')
  .parse();
const { taxonomy: file } = program.opts<{ taxonomy?: string }>();

const taxonomy = file === undefined ? defaultTaxonomy : readTaxonomy(file);
// The reader of the output may stop early, such as `head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
const invalid = await analyzeLines({
  input: process.stdin,
  output: process.stdout,
  analyze: createAnalyzer({ taxonomy }),
  reportLine: (line, error) => process.stderr.write(`line ${line}: ${error}\n`),
}).catch((error) => {
  if (error instanceof FileProblem) return program.error(error.message);
  throw error;
});
if (invalid > 0) process.exitCode = 1;

function readTaxonomy(path: string) {
  try {
    return parseTaxonomy(readFileSync(path, 'utf8'));
  } catch (error) {
    return program.error(`${path}: ${(error as Error).message}`);
  }
}
