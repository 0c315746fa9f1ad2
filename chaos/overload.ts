import { Command } from 'commander';
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

const started = performance.now();
const progress = (text: string) =>
  process.stderr.write(
    `${String(Math.round((performance.now() - started) / 1000)).padStart(4)} s  ${text}\n`,
  );
const STOP_PATIENCE_MS = 10_000;
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopped.abort(new Error(`${signal}: ended before the end`));
    // The stores end with this process, whatever it is waiting for.
    setTimeout(() => process.exit(1), STOP_PATIENCE_MS).unref();
  });

runOverload({ ...options, progress, signal: stopped.signal }).then(
  (run) => {
    const { text, isGood } = reportOverload(run);
    process.stdout.write(`${text}\n`);
    process.exit(isGood ? 0 : 1);
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
