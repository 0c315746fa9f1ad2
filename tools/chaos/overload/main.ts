import { Command, InvalidArgumentError } from 'commander';
import { exitWith, startProgram } from '../program.ts';
import { reportOverload } from './reportOverload.ts';
import { type OverloadOptions, runOverload } from './runOverload.ts';

const above = (least: number) => (text: string) => {
  if (Number(text) > least) return Number(text);
  throw new InvalidArgumentError(`It must be a number above ${least}.`);
};

const program = new Command('npm run overload --')
  .description(
    'Finds what the service can take, offers it several times as much, and shows how it fares: what it stores, what it refuses, and what that costs others.',
  )
  .option('--minutes <n>', 'length of the flood in minutes', above(0), 2)
  .option('--times <n>', 'load offered, as a multiple of the peak rate', above(1), 5)
  .option(
    '--backlog-seconds <n>',
    'how long it takes to store what may wait beyond a share; sets OVERFLOW_LIMIT_MB',
    above(0),
    3,
  )
  .showHelpAfterError();
program.parse();

const { progress, signal } = startProgram();

exitWith(
  runOverload({
    ...program.opts<Pick<OverloadOptions, 'minutes' | 'times' | 'backlogSeconds'>>(),
    progress,
    signal,
  }).then((run) => {
    const { text, isGood } = reportOverload(run);
    process.stdout.write(`${text}\n`);
    return isGood;
  }),
);
