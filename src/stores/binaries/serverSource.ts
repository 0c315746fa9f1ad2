import type { Report } from '../storesOptions.ts';

export interface FetchContext {
  /** Where the copy is kept. */
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}

/** One way to get a server's binary onto this machine. */
export interface ServerSource {
  /** As an error names it. */
  name: string;
  /** The cached copy's file name. */
  fileName: string;
  /** Fetches the copy into the cache folder and gives its path. Throws with the reason in one line. */
  fetch(context: FetchContext): Promise<string>;
}
