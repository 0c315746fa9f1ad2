import { Command } from 'commander';
import { createRandom } from '../support/random.ts';
import { isSound } from './compare.ts';
import { FAULTS } from './faults.ts';
import { exitWith, startProgram } from './program.ts';
import { reportOf } from './report.ts';
import { runChaos } from './runChaos.ts';
import { SABOTAGES, sabotagedBuild } from './sabotage.ts';

const SABOTAGE_MINUTES = 0.4;
/** Runs until a sabotage shows. It shows only if a fault hits the right moment. */
const SABOTAGE_TRIES = 3;
/** Sabotages run at once; each mostly waits for its faults. */
const SABOTAGES_AT_ONCE = 2;

const program = new Command('npm run chaos --')
  .description(
    'Runs the service as separate processes under load, breaks it at random, and compares what clients know with what is stored.',
  )
  .option('--minutes <n>', 'how long, from the first fault to the last check of the throughput', '2')
  .option('--seed <seed>', 'repeats the faults of a former run')
  .option('--faults <names>', `only these, separated by commas: ${Object.keys(FAULTS).join(', ')}`)
  .option('--rate <n>', 'feedback a second', '300')
  .option(
    '--sabotage <name>',
    `run a build that is broken on purpose, and succeed when that is seen; all, or ${Object.keys(SABOTAGES).join(', ')}`,
  )
  .showHelpAfterError();
program.parse();
const options = program.opts<{
  minutes: string;
  seed?: string;
  faults?: string;
  rate: string;
  sabotage?: string;
}>();

const [minutes, rate] = [Number(options.minutes), Number(options.rate)];
if (!(minutes > 0)) program.error('--minutes must be a number above 0');
if (!(rate > 0)) program.error('--rate must be a number above 0');
const names = options.faults?.split(',') ?? Object.keys(FAULTS);
const unknown = names.find((name) => !Object.hasOwn(FAULTS, name));
if (unknown !== undefined) program.error(`there is no fault ${unknown}; there are ${Object.keys(FAULTS).join(', ')}`);
const { sabotage } = options;
if (sabotage !== undefined && sabotage !== 'all' && !Object.hasOwn(SABOTAGES, sabotage))
  program.error(`there is no sabotage ${sabotage}; there are all, ${Object.keys(SABOTAGES).join(', ')}`);

const seed = options.seed ?? String(Math.floor(Math.random() * 1e9));
const { progress, signal } = startProgram();

/** Runs a build that is broken on purpose until a check sees it. */
async function isSeen(name: string): Promise<boolean> {
  const { title, faults } = SABOTAGES[name]!;
  const say = (text: string) => progress(`${name}: ${text}`);
  say(`a build that ${title}`);
  const dist = await sabotagedBuild(name);
  for (let attempt = 1; attempt <= SABOTAGE_TRIES; attempt++) {
    const { reckoning } = await runChaos({
      random: createRandom(`${seed} ${name} ${attempt}`),
      rate,
      progress: say,
      signal,
      minutes: SABOTAGE_MINUTES,
      faults,
      measure: false,
      dist,
    });
    const { lost, countedTwice, aggregateDifferences, deadLetterDifferences, notTakenBack, importDifferences } =
      reckoning;
    const ofImports = notTakenBack.length + importDifferences.length;
    // Crashes and unfinished jobs aren't the sabotage's effect.
    const seen =
      [lost, aggregateDifferences, deadLetterDifferences].some(({ length }) => length > 0) ||
      countedTwice > 0 ||
      ofImports > 0;
    process.stdout.write(
      `${seen ? 'seen  ' : 'MISSED'}  ${name}: ${lost.length} lost, ${countedTwice} counted twice, ` +
        `${aggregateDifferences.length} aggregate differences, ${deadLetterDifferences.length} dead-letter differences, ` +
        `${ofImports} differences of imports\n`,
    );
    if (seen) return true;
  }
  return false;
}

/** Waits for all of them, then throws the first error. So each cleans up before the program ends. */
async function areSeen(sabotages: string[]): Promise<boolean> {
  const left = sabotages.slice();
  let missed = 0;
  async function next() {
    try {
      for (let name = left.shift(); name !== undefined; name = left.shift()) if (!(await isSeen(name))) missed++;
    } finally {
      left.length = 0;
    }
  }
  const runs = Array.from({ length: SABOTAGES_AT_ONCE }, next);
  await Promise.allSettled(runs);
  await Promise.all(runs);
  return missed === 0;
}

async function main(): Promise<boolean> {
  progress(`seed ${seed}`);
  if (sabotage !== undefined) return areSeen(sabotage === 'all' ? Object.keys(SABOTAGES) : [sabotage]);
  const random = createRandom(seed);
  const run = await runChaos({ random, rate, progress, signal, minutes, faults: names, measure: true });
  process.stdout.write(`${reportOf(run, seed)}\n`);
  return isSound(run.reckoning);
}

exitWith(main());
