import type { Report } from '../storesOptions.ts';

export interface FetchContext {
  /** Folder that the copy is moved into. */
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}

/** A way to fetch a server's binary. */
export interface ServerSource {
  /** Name in error messages. */
  name: string;
  /** File name of the cached copy. */
  fileName: string;
  /**
   * Fetches a copy into the cache folder and returns its path.
   *
   * @throws Error with a reason of one line
   */
  fetch(context: FetchContext): Promise<string>;
}
