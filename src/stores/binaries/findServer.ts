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
  const tried: string[] = [];
  const tryServer = async (name: string, from: FoundServer['from'], locate: () => Promise<string>) => {
    try {
      const binary = await locate();
      return { binary, version: await checkRuns(binary, env), from };
    } catch (error) {
      tried.push(`${name}: ${oneLine((error as Error).message)}`);
      return undefined;
    }
  };

  if (before !== undefined) {
    const found = await tryServer(`${before}, used before`, 'before', async () => before);
    if (found) return found;
  }
  for (const command of kind.commands) {
    const found = await tryServer(`${command} on the PATH`, 'path', () => findOnPath(command, env));
    if (found) return found;
  }
  for (const { fileName } of kind.sources) {
    const cached = join(cacheDir, fileName);
    if (!(await isExecutable(cached))) continue;
    const found = await tryServer(`the cached copy ${cached}`, 'cache', async () => cached);
    if (found) return found;
  }
  for (const source of kind.sources) {
    const found = await tryServer(source.name, 'fetched', () => source.fetch({ cacheDir, env, report }));
    if (found) return found;
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
