import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { isOutage } from '../../../src/models/mongodb/errors.ts';
import { inTransaction, TransactionOverdue } from '../../../src/models/mongodb/inTransaction.ts';
import { testModels } from '../../support/stores/models.ts';

const sockets: Socket[] = [];
function collect(message: unknown): void {
  sockets.push((message as { socket: Socket }).socket);
}
subscribe('net.client.socket', collect);
afterAll(() => {
  unsubscribe('net.client.socket', collect);
});

const models = testModels();

describe('an operation on a connection that is closing', () => {
  const close = () => {
    for (const socket of sockets.splice(0)) socket.destroy();
  };

  it('is repeated on another connection, outside of transactions', async () => {
    for (let n = 0; n < 5; n++) {
      close();
      expect(await models.feedback.countDocuments()).toBe(0);
    }
  });

  it('is repeated on another connection, in a transaction', async () => {
    for (let n = 0; n < 5; n++) {
      const stored = inTransaction(models, async (transaction, attempt) => {
        if (attempt === 0) close();
        await models.internalState.collection.insertOne({ _id: `${n}` as never }, { session: transaction });
      });
      await stored;
      expect(await models.internalState.exists({ _id: `${n}` })).not.toBeNull();
    }
  });
});

it('a transaction that does not end fails as an outage', async () => {
  const never = inTransaction(models, () => new Promise(() => {}), 100);
  const error = await never.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(TransactionOverdue);
  expect(isOutage(error)).toBe(true);
});
