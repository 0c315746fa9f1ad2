/** A Redis or mongod that this process started. */
export interface RunningStore {
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  /** Resolves with the exit code once the server has ended, stopped or not. Never rejects. */
  readonly ended: Promise<number>;
  /** Ends the server cleanly, or by force after 8 s. */
  stop(): Promise<void>;
}
