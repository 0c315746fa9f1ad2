import type { SupervisedProcess } from './supervisedProcess.ts';

/** A Redis or mongod that this process started. */
export interface RunningStore extends SupervisedProcess {
  name: string;
  binary: string;
  logFile: string;
  url: string;
  port: number;
}
