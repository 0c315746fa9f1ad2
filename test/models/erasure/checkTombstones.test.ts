import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { createTombstones, StaleTombstones } from '../../../src/models/erasure/checkTombstones.ts';
import { setTombstones } from '../../../src/models/erasure/setTombstones.ts';
import { inTransaction } from '../../../src/models/mongodb/inTransaction.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();

const AT = new Date(1_000);
const tombstone = (what: 'user' | 'session' | 'feedback' | 'org', id: string, orgId: string | null = null) => ({
  what,
  id,
  orgId,
  acceptedUntil: AT,
});
const feedback = (fields: object, acceptedAt = AT) => ({ _id: 'x', ...fields, acceptedAt });

it('setting a tombstone waits for the end of a transaction that passed its fence', async () => {
  const fence = createTombstones(models).createFence();
  await fence.register();
  const { sequence } = await createTombstones(models).check([]);
  let isSet = false;
  let setting: Promise<void> | undefined;
  await inTransaction(models, async (session) => {
    await fence.check(session, sequence);
    setting = setTombstones(models, [tombstone('user', 'held')]).then(() => {
      isSet = true;
    });
    await sleep(400);
    expect(isSet).toBe(false);
  });
  await setting;
  expect(isSet).toBe(true);
});

it('a fence refuses a transaction that began before a tombstone was set and ends after it', async () => {
  const tombstones = createTombstones(models);
  const fence = tombstones.createFence();
  await fence.register();
  const { sequence } = await tombstones.check([]);
  let attempts = 0;
  const passing = inTransaction(models, async (session) => {
    // The first read fixes the transaction's snapshot.
    await models.feedback.countDocuments({}, { session });
    if (attempts++ === 0) await setTombstones(models, [tombstone('user', 'between')]);
    await fence.check(session, sequence);
  });
  await expect(passing).rejects.toThrow(StaleTombstones);
  expect(attempts).toBe(2);

  await fence.register();
  const checked = await tombstones.check([feedback({ userId: 'between' })]);
  expect(checked.erased).toEqual([true]);
  await inTransaction(models, (session) => fence.check(session, checked.sequence));
});

it('a tombstone erases by subject, org and time of acceptance', async () => {
  const set = [tombstone('user', 'u', 'acme'), tombstone('session', 's'), tombstone('org', 'gone')];
  await setTombstones(models, [...set, tombstone('feedback', 'f')]);
  const later = new Date(AT.getTime() + 1);
  const cases: [ReturnType<typeof feedback>, boolean][] = [
    [feedback({ userId: 'u', orgId: 'acme' }), true],
    [feedback({ userId: 'u', orgId: 'acme' }, later), false],
    [feedback({ userId: 'u', orgId: 'other' }), false],
    [feedback({ userId: 'u' }), false],
    [feedback({ sessionId: 's', orgId: 'any' }), true],
    [feedback({ sessionId: 's' }, later), false],
    [feedback({ userId: 's' }), false],
    [feedback({ orgId: 'gone' }), true],
    [feedback({ _id: 'f' }, later), true],
    [feedback({ _id: 'f acme', orgId: 'acme' }, later), true],
    [feedback({ _id: 'f2' }), false],
  ];
  const { erased } = await createTombstones(models).check(cases.map(([subject]) => subject));
  expect(erased).toEqual(cases.map(([, isErased]) => isErased));
  // Stored tombstones contain no name.
  const stored = JSON.stringify(await models.tombstones.find().lean());
  for (const name of ['acme', 'gone', '"u"', '"s"', '"f"']) expect(stored).not.toContain(name);
});

it('a repeated erasure moves its time forward, never back', async () => {
  const at = async (time: number) => {
    await setTombstones(models, [{ ...tombstone('user', 'twice'), acceptedUntil: new Date(time) }]);
    const accepted = feedback({ userId: 'twice' }, new Date(5_000));
    return (await createTombstones(models).check([accepted])).erased[0];
  };
  expect([await at(4_000), await at(6_000), await at(1_000)]).toEqual([false, true, true]);
});

it('a fence check refuses a writer whose idle fence was deleted, until it registers a new one', async () => {
  const tombstones = createTombstones(models);
  const fence = tombstones.createFence();
  await fence.register();
  const { sequence } = await tombstones.check([]);
  const pass = (upTo: number) => inTransaction(models, (session) => fence.check(session, upTo));
  await pass(sequence);
  await models.fences.updateMany({}, { usedAt: new Date(Date.now() - 25 * 3_600_000) });
  await setTombstones(models, [tombstone('user', 'idle')]);
  expect(await models.fences.countDocuments()).toBe(0);
  await expect(pass(sequence)).rejects.toThrow(StaleTombstones);
  await fence.register();
  const checked = await tombstones.check([feedback({ userId: 'idle' })]);
  expect(checked.erased).toEqual([true]);
  await pass(checked.sequence);
});
