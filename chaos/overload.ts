import { Command } from 'commander';
import { exitWith, startProgram } from './program.ts';
import { reportOverload } from './reportOverload.ts';
import { runOverload } from './runOverload.ts';

const program = new Command('npm run overload --')
  .description(
    'Finds what the service can take, offers it several times as much, and shows how it fares: what it stores, what it refuses, and what that costs others.',
  )
  .option('--minutes <n>', 'how long', '2')
  .option('--times <n>', 'what is offered, of what it can take', '5')
  .option('--backlog-mb <n>', 'BACKLOG_LIMIT_MB; how much may wait is how long it may take afterwards', '32')
  .showHelpAfterError();
program.parse();
const options = Object.fromEntries(
  Object.entries(program.opts<Record<'minutes' | 'times' | 'backlogMb', string>>()).map(([name, value]) => {
    if (!(Number(value) > 0)) program.error(`--${name} must be a number above 0`);
    return [name, Number(value)];
  }),
) as Record<'minutes' | 'times' | 'backlogMb', number>;

const { progress, signal } = startProgram();

exitWith(
  runOverload({ ...options, progress, signal }).then((run) => {
    const { text, isGood } = reportOverload(run);
    process.stdout.write(`${text}\n`);
    return isGood;
  }),
);
