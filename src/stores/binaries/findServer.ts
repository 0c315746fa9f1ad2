import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { Report } from '../storesOptions.ts';
import { checkRuns } from './checkRuns.ts';
import type { ServerKind } from './serverKind.ts';

export interface FoundServer {
  binary: string;
  /** Version such as `6.0.5`. */
  version: string;
  from: 'before' | 'path' | 'cache' | 'fetched';
}

/**
 * Finds a server that runs on this machine: the one used before, on the PATH, in the cache folder, or by fetching a copy.
 * The one used before comes first, because another version may not be able to read its data.
 *
 * @throws Error that names everything tried with its reason, and the variable to set instead
 */
export async function findServer(
  kind: ServerKind,
  options: { cacheDir: string; before?: string | undefined; report: Report; env?: NodeJS.ProcessEnv },
): Promise<FoundServer> {
  const { before, report, env = process.env } = options;
  // Absolute, because the path is recorded for later starts from other working directories.
  const cacheDir = resolve(options.cacheDir);
  const candidates: [name: string, from: FoundServer['from'], locate: () => Promise<string>][] = [];
  if (before !== undefined) candidates.push([`${before}, used before`, 'before', async () => before]);
  for (const command of kind.commands)
    candidates.push([`${command} on the PATH`, 'path', () => findOnPath(command, env)]);
  for (const cached of kind.sources.map(({ fileName }) => join(cacheDir, fileName)))
    if (await isExecutable(cached)) candidates.push([`the cached copy ${cached}`, 'cache', async () => cached]);
  for (const source of kind.sources)
    candidates.push([source.name, 'fetched', () => source.fetch({ cacheDir, env, report })]);

  const tried: string[] = [];
  for (const [name, from, locate] of candidates)
    try {
      const binary = await locate();
      return { binary, version: await checkRuns(binary, env), from };
    } catch (error) {
      tried.push(`${name}: ${oneLine((error as Error).message)}`);
    }
  throw new Error(
    [
      `No ${kind.name} was given (${kind.variable} is not set) and none could be started. Tried:`,
      ...tried.map((line) => `  - ${line}`),
      `Set ${kind.variable} to a running ${kind.name}, or put ${kind.commands.join(' or ')} on the PATH.`,
    ].join('\n'),
  );
}

async function findOnPath(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(folder, command);
    if (await isExecutable(candidate)) return candidate;
  }
  throw new Error('not there');
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}
