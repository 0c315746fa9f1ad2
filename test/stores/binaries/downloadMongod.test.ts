import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { downloadMongod } from '../../../src/stores/binaries/downloadMongod.ts';

let folder: string;
let mirror: Server;
let archive: Buffer;
let md5: string;
const before = { ...process.env };

beforeAll(async () => {
  // The downloader prints its progress.
  jest.spyOn(console, 'log').mockImplementation(() => {});
  folder = await mkdtemp(join(tmpdir(), 'feedback-download-'));
  const binary = join(folder, 'mongodb', 'bin', 'mongod');
  await mkdir(join(folder, 'mongodb', 'bin'), { recursive: true });
  await writeFile(binary, '#!/bin/sh\necho "db version v8.2.6"\n');
  await chmod(binary, 0o755);
  await promisify(execFile)('tar', ['-czf', 'archive.tgz', 'mongodb'], { cwd: folder });
  archive = await readFile(join(folder, 'archive.tgz'));
  md5 = createHash('md5').update(archive).digest('hex');
  mirror = createServer((request, response) => {
    response.end(request.url?.endsWith('.md5') ? `${md5}  archive.tgz\n` : archive);
  });
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
  process.env.MONGOMS_DOWNLOAD_MIRROR = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
  process.env.MONGOMS_USE_HTTP = 'true';
  process.env.MONGOMS_RUNTIME_DOWNLOAD = 'true';
});

afterAll(async () => {
  process.env = before;
  mirror.closeAllConnections();
  mirror.close();
  await rm(folder, { recursive: true, force: true });
});

describe('downloadMongod', () => {
  test('refuses an archive whose MD5 is not the published one', async () => {
    const published = md5;
    md5 = '0'.repeat(32);
    await expect(download('refused')).rejects.toThrow(/md5/i);
    md5 = published;
    expect(await readdir(join(folder, 'refused'))).toEqual([]);
  });

  test("puts the downloaded archive's mongod into the cache folder", async () => {
    const { binary, lines } = await download('cache');
    expect(binary).toBe(join(folder, 'cache', downloadMongod.fileName));
    expect(await readdir(join(folder, 'cache'))).toEqual([downloadMongod.fileName]);
    expect(lines).toEqual([expect.stringMatching(/^Fetching MongoDB \d+\.\d+\.\d+ \(about 100 MB, once\) …$/)]);
  });
});

async function download(cache: string): Promise<{ binary: string; lines: string[] }> {
  const lines: string[] = [];
  const env = { PATH: process.env.PATH, MONGOMS_DOWNLOAD_MIRROR: process.env.MONGOMS_DOWNLOAD_MIRROR };
  const binary = await downloadMongod.fetch({
    cacheDir: join(folder, cache),
    env,
    report: (line) => lines.push(line),
  });
  return { binary, lines };
}
