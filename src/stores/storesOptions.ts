/** Receives progress as single lines for people. */
export type Report = (line: string) => void;

export interface OpenStoresOptions {
  /** A running Redis. Without it an embedded one is used. */
  redisUrl?: string | undefined;
  /** A running MongoDB. Without it an embedded one is used. */
  mongodbUri?: string | undefined;
  /** Folder of the embedded stores' data, logs and addresses. */
  dataDir: string;
  /** Folder of fetched server binaries. */
  cacheDir: string;
  /** Whether to use the embedded stores of a process that is already running on this data folder. */
  join?: boolean;
  report: Report;
  /** Memory for an embedded MongoDB's cached documents, in GB, at least 0.25. */
  mongoCacheGb?: number | undefined;
}

export interface OpenStores {
  redisUrl: string;
  mongodbUri: string;
  /** Whether each store is embedded rather than given. */
  embedded: { redis: boolean; mongodb: boolean };
  /** Whether this process runs the embedded stores, and ends them with `stop`. */
  owner: boolean;
  /** Resolves with the reason when an embedded store of this process ends without `stop`. */
  crashed: Promise<string>;
  stop(): Promise<void>;
}

/** `crashed` of stores that another process runs. */
export const NEVER = new Promise<never>(() => {});
