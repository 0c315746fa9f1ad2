/** A store that this process started. It is restarted on its port whenever it ends without being stopped. */
export interface RunningStore {
  readonly url: string;
  /** The server's process id; another one after each restart. */
  readonly pid: number;
  readonly port: number;
  /** Ends the server cleanly (by force after 8 s) and for good. */
  stop(): Promise<void>;
  /** Sends the server's process a signal, SIGKILL unless told; what follows is what follows a crash. */
  kill(signal?: NodeJS.Signals): void;
  /** Calls back each time the server has ended without being stopped, before it is restarted. */
  onExit(listener: (exitCode: number) => void): void;
}
