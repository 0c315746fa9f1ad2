import type { Command } from 'commander';
import { mismatches, verifyAggregates } from '../models/aggregates/verifyAggregates.ts';
import { PATIENT_HEARTBEAT_MS } from '../models/database.ts';
import type { CommandContext } from './commandContext.ts';

/** `verify`: exits with 1 if an aggregate differs from its recomputation. */
export function addVerifyCommand(program: Command, { withModels, print }: CommandContext): void {
  program
    .command('verify')
    .description('recompute every aggregate from the stored feedback, and name those that differ')
    .action(async () => {
      const verification = await withModels(verifyAggregates, PATIENT_HEARTBEAT_MS);
      const differences = mismatches(verification);
      for (const path of differences) print(`differs  ${path}`);
      print(
        `${verification.feedback} feedback, ${verification.recomputed.length} aggregates, ${differences.length} differences`,
      );
      process.exitCode = differences.length > 0 ? 1 : 0;
    });
}
