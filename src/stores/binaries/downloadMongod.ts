import { rename } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { checkRuns } from './checkRuns.ts';
import { inTemporaryFolder } from './inTemporaryFolder.ts';
import type { FetchContext, ServerSource } from './serverSource.ts';

const DEFAULT_MIRROR = 'https://fastdl.mongodb.org';
/** What asking a network that lets nothing out may cost. */
const REACHABLE_TIMEOUT_MS = 1_500;

/** MongoDB's own archive for this system, as mongodb-memory-server fetches it, its MD5 check on. */
export const downloadMongod: ServerSource = {
  name: "MongoDB's own download",
  fileName: 'mongod-downloaded',
  fetch: download,
};

async function download({ cacheDir, env, report }: FetchContext): Promise<string> {
  const proxied = ['https_proxy', 'http_proxy', 'HTTPS_PROXY', 'HTTP_PROXY'].some((name) => env[name]);
  // Behind a proxy only the downloader, which knows how to use it, can tell.
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

/** The downloader checks certificates only when npm's setting, which is on unless turned off, is also spelt out. */
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
    // Finding the address is part of the wait, which a socket's own time-out leaves out.
    const timer = setTimeout(
      () => finish(`no answer in ${REACHABLE_TIMEOUT_MS / 1000} s`),
      REACHABLE_TIMEOUT_MS,
    );
    socket.on('connect', () => finish());
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  });
}
