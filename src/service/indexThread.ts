import { parentPort, workerData } from 'node:worker_threads';
import { closeDatabase, openDatabase } from '../models/database.ts';
import { createLog } from './createLog.ts';
import { type IndexThreadData, STOP } from './indexThreadData.ts';
import { startIndexers } from './startIndexers.ts';

// The program of the thread that `startIndexThread.ts` starts.
const { mongodbUri, logLevel } = workerData as IndexThreadData;
const log = createLog(logLevel);
const models = openDatabase({ uri: mongodbUri, appName: 'feedback-tracker indexes', poolSize: 6 });
const indexers = startIndexers({ models, log });

parentPort!.once('message', async (message: unknown) => {
  if (message !== STOP) throw new Error('the index thread takes no other message');
  await indexers.close();
  await closeDatabase(models);
  parentPort!.close();
});
