/** Takes one line for people about what is being done; where it is printed is the caller's choice. */
export type Report = (line: string) => void;

export interface OpenStoresOptions {
  /** Used as given; without it an embedded Redis is used. */
  redisUrl?: string | undefined;
  /** Used as given; without it an embedded MongoDB is used. */
  mongodbUri?: string | undefined;
  /** Where embedded stores keep their data, and what is written down about them. */
  dataDir: string;
  /** Where fetched servers are kept. */
  cacheDir: string;
  /** Use the embedded stores of a process that is already running on this data folder, if there is one. */
  join?: boolean;
  report: Report;
  /** Memory for an embedded MongoDB's cached documents, in GB, 0.25 at least. */
  mongoCacheGb?: number | undefined;
}

export interface OpenStores {
  redisUrl: string;
  mongodbUri: string;
  /** Which of the two are ours rather than given. */
  embedded: { redis: boolean; mongodb: boolean };
  /** Whether this process runs the embedded ones, and ends them with `stop`. */
  owner: boolean;
  stop(): Promise<void>;
}
