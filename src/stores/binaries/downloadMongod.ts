import { rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { checkRuns } from './checkRuns.ts';
import { inTemporaryFolder } from './inTemporaryFolder.ts';
import type { FetchContext, ServerSource } from './serverSource.ts';

const DEFAULT_MIRROR = 'https://fastdl.mongodb.org';
/** Max wait for the mirror on a network without internet access. */
const REACHABLE_TIMEOUT_MS = 1_500;

/** MongoDB's archive for this platform, downloaded by mongodb-memory-server with its MD5 check. */
export const downloadMongod: ServerSource = {
  name: "MongoDB's own download",
  fileName: 'mongod-downloaded',
  fetch: download,
};

async function download({ cacheDir, env, report }: FetchContext): Promise<string> {
  const proxied = ['https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'].some((name) => env[name]);
  // Only the downloader knows how to use a proxy.
  if (!proxied) await checkReachable(new URL(env.MONGOMS_DOWNLOAD_MIRROR ?? DEFAULT_MIRROR));
  const { DryMongoBinary, MongoBinary } = await import('mongodb-memory-server');
  return inTemporaryFolder(cacheDir, async (folder) => {
    const options = await DryMongoBinary.generateOptions({ downloadDir: folder });
    report(`Fetching MongoDB ${options.version} (about 100 MB, once) …`);
    const downloaded = await withCertificatesChecked(() =>
      MongoBinary.download({ ...options, downloadDir: folder, checkMD5: true }),
    );
    await checkRuns(downloaded, env);
    const binary = join(cacheDir, downloadMongod.fileName);
    await rename(downloaded, binary);
    return binary;
  });
}

/** The downloader checks certificates only if npm's `strict-ssl` is set explicitly. */
async function withCertificatesChecked<T>(work: () => Promise<T>): Promise<T> {
  const { npm_config_strict_ssl: before } = process.env;
  process.env.npm_config_strict_ssl = before ?? 'true';
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.npm_config_strict_ssl;
  }
}

function checkReachable(url: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 443) });
    const finish = (reason?: string) => {
      clearTimeout(timer);
      socket.destroy();
      if (reason === undefined) resolve();
      else reject(new Error(`${url.hostname} cannot be reached from here (${reason})`));
    };
    // A socket's own time-out does not cover the DNS lookup.
    const timer = setTimeout(() => finish(`no answer in ${REACHABLE_TIMEOUT_MS / 1000} s`), REACHABLE_TIMEOUT_MS);
    socket.on('connect', () => finish());
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  });
}
