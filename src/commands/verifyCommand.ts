import type { Command } from 'commander';
import { verifyAggregates } from '../models/aggregates/verifyAggregates.ts';
import { PATIENT_HEARTBEAT_MS } from '../models/database.ts';
import type { CommandContext } from './commandContext.ts';

/** Milliseconds between two lines of progress. */
const REPORT_EVERY_MS = 5_000;

/** `verify`: exits with 1 if an aggregate differs from its recomputation. */
export function addVerifyCommand(program: Command, { withModels, print }: CommandContext): void {
  program
    .command('verify')
    .description('recompute every aggregate from the stored feedback, and name those that differ')
    .action(async () => {
      const options = { onProgress: createProgress((line) => process.stderr.write(`${line}\n`)) };
      const { feedback, aggregates, differences } = await withModels(
        (models) => verifyAggregates(models, options),
        PATIENT_HEARTBEAT_MS,
      );
      for (const path of differences) print(`differs  ${path}`);
      print(`${feedback} feedback, ${aggregates} aggregates, ${differences.length} differences`);
      process.exitCode = differences.length > 0 ? 1 : 0;
    });
}

function createProgress(report: (line: string) => void) {
  const startMs = performance.now();
  let reportedMs = startMs;
  return (share: number) => {
    const nowMs = performance.now();
    if (nowMs - reportedMs < REPORT_EVERY_MS) return;
    reportedMs = nowMs;
    const leftSeconds = Math.round(((nowMs - startMs) / 1_000) * (1 / share - 1));
    report(`verifying: ${Math.floor(100 * share)} %, ${leftSeconds} s left`);
  };
}
