import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { register } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const CACHE = fileURLToPath(new URL('../../.cache/typescript/', import.meta.url));
const OPTIONS = {
  swcrc: false,
  sourceMaps: 'inline',
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'es6' },
};

// `node --import` runs this file to register it, and Node then loads it again, in a thread of its own, for its hook.
if (isMainThread) register(import.meta.url);

/** Lets a Node process that a test starts run the sources as they are. */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const source = await compiled(filename, await readFile(filename, 'utf8'));
  return { format: 'module', source, shortCircuit: true };
}

/** Each version of a file is compiled once, since tests start hundreds of processes. */
async function compiled(filename, source) {
  const hash = createHash('sha256')
    .update(JSON.stringify([OPTIONS, filename, source]))
    .digest('hex');
  const file = join(CACHE, `${hash}.js`);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  const { transform } = await import('@swc/core');
  const { code } = await transform(source, { ...OPTIONS, filename });
  await mkdir(CACHE, { recursive: true });
  // Written atomically, since other processes read it at the same time.
  const draft = join(CACHE, randomUUID());
  await writeFile(draft, code);
  await rename(draft, file);
  return code;
}
