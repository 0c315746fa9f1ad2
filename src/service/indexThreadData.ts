import type { Config } from '../config.ts';

/** Data that a thread of indexers starts with. */
export interface IndexThreadData {
  mongodbUri: string;
  logLevel: Config['LOG_LEVEL'];
}

/** The message after which the thread ends. */
export const STOP = 'stop';
