import { cpus, release, totalmem } from 'node:os';
import { Command } from 'commander';
import { analysisExperiment } from './experiments/analysis.ts';
import { drainExperiment } from './experiments/drain.ts';
import { latencyExperiment } from './experiments/latency.ts';
import { memoryExperiment } from './experiments/memory.ts';
import { postExperiment } from './experiments/post.ts';
import { readsExperiment } from './experiments/reads.ts';
import { reanalysisExperiment } from './experiments/reanalysis.ts';
import { stockExperiment } from './experiments/stock.ts';
import { transactionExperiment } from './experiments/transaction.ts';
import { workersExperiment } from './experiments/workers.ts';
import { type BenchStores, startBenchStores } from './support/bench.ts';
import { type Experiment, type Figure, figureOf } from './support/figure.ts';
import { tableOf } from './support/table.ts';

const EXPERIMENTS = [
  postExperiment,
  drainExperiment,
  transactionExperiment,
  latencyExperiment,
  stockExperiment,
  readsExperiment,
  memoryExperiment,
  workersExperiment,
  analysisExperiment,
  reanalysisExperiment,
];
const NAMES = EXPERIMENTS.flatMap(({ name, figures }) => [
  ...(name === undefined ? [] : [name]),
  ...figures.map((figure) => figure.name),
]);

const isTerminal = process.stderr.isTTY === true;
const started = performance.now();
function progress(text: string): void {
  const seconds = Math.round((performance.now() - started) / 1000);
  if (isTerminal) process.stderr.write(`\r\x1b[K${seconds} s  ${text}`);
  else process.stderr.write(`${seconds} s  ${text}\n`);
}

/** Measures the subjects that the wanted figures need, round by round. `only`: name of a figure or of an experiment. */
async function measure(
  experiment: Experiment,
  only: string | undefined,
  stores: BenchStores,
  rounds: number,
): Promise<Figure[]> {
  const isAlone = only !== undefined && only === experiment.name;
  const figures = experiment.figures.filter(({ name }) => only === undefined || isAlone || name === only);
  if (figures.length === 0) return [];
  const needed = new Set(figures.flatMap(({ subject, baseline, needs = [] }) => [subject, baseline, ...needs]));
  const results: Record<string, number>[] = [];
  await experiment.setUp?.({ stores, isAlone, progress });
  for (let round = 1; round <= rounds; round++) {
    const result: Record<string, number> = {};
    for (const [name, subject] of Object.entries(experiment.subjects)) {
      if (!needed.has(name)) continue;
      const say = (text: string) => progress(`${name}, round ${round} of ${rounds}${text && `: ${text}`}`);
      say('');
      const measured = await subject({ stores, isAlone, progress: say });
      if (typeof measured === 'number') result[name] = measured;
      else Object.assign(result, measured);
    }
    results.push(result);
  }
  await experiment.tearDown?.();
  const details = isAlone ? (experiment.details?.() ?? []) : [];
  return [...figures, ...details].map((spec) => figureOf(spec, results));
}

const program = new Command('npm run bench --')
  .description(
    'Measures the service against named baselines, each in the same run, on stores of its own that are thrown away.',
  )
  .option('--only <name>', `one figure, or one experiment with all of its details: ${NAMES.join(', ')}`)
  .option('--rounds <n>', 'rounds of each experiment, instead of its own number')
  .option('--json', 'print JSON instead of a table')
  .showHelpAfterError();
program.parse();
const options = program.opts<{ only?: string; rounds?: string; json?: boolean }>();
if (options.only !== undefined && !NAMES.includes(options.only))
  program.error(`there is no figure ${options.only}; there are ${NAMES.join(', ')}`);
const rounds = options.rounds === undefined ? undefined : Number(options.rounds);
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1))
  program.error('--rounds must be a whole number of at least 1');

const stores = await startBenchStores(progress);
const stop = () => stores.stop().finally(() => process.exit(130));
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
try {
  const figures: Figure[] = [];
  for (const experiment of EXPERIMENTS)
    figures.push(...(await measure(experiment, options.only, stores, rounds ?? experiment.rounds)));
  if (isTerminal) process.stderr.write('\r\x1b[K');
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.version}`;
  process.stdout.write(
    options.json ? `${JSON.stringify({ machine, figures }, null, 2)}\n` : `${tableOf(machine, figures)}\n`,
  );
} finally {
  await stores.stop();
}
