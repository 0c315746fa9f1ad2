import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createAnalyzer } from '../../../src/analysis/analyzer.ts';
import { defaultTaxonomy } from '../../../src/analysis/taxonomy/defaultTaxonomy.ts';
import { mergeOldParts } from '../../../src/models/aggregates/mergeOldParts.ts';
import { createPartsWriter } from '../../../src/models/aggregates/partsWriter.ts';
import { readDays, readTotals } from '../../../src/models/aggregates/readTotals.ts';
import { COMMAND_LINE } from '../../../src/models/audit/auditLog.ts';
import { createTombstones } from '../../../src/models/erasure/checkTombstones.ts';
import { eraseChunk, findErasable } from '../../../src/models/erasure/eraseFeedback.ts';
import { eraseOrgSettings } from '../../../src/models/erasure/eraseOrgSettings.ts';
import { eraseRetainedTotals } from '../../../src/models/erasure/eraseRetainedTotals.ts';
import { beginErasure, orgsBeingErased, requestErasure } from '../../../src/models/erasure/erasures.ts';
import { advanceFences } from '../../../src/models/erasure/setTombstones.ts';
import { type FeedbackDocument, toDocument } from '../../../src/models/feedback/feedbackDocument.ts';
import { createBatchWriter } from '../../../src/models/feedback/storeBatch.ts';
import { idsOf } from '../../../src/models/mongodb/bulkWrites.ts';
import { removeFeedback } from '../../../src/models/retention/removeFeedback.ts';
import { saveSettings, settingsOf } from '../../../src/models/settings/settings.ts';
import { createActiveZones } from '../../../src/models/zones/activeZones.ts';
import type { OrgZoneDocument } from '../../../src/models/zones/orgZoneSchema.ts';
import { nextRecount, recountDays } from '../../../src/models/zones/recountDays.ts';
import { mismatches, storedAndRecomputed } from '../../support/storedAndRecomputed.ts';
import { testModels } from '../../support/stores/models.ts';

const models = testModels();
beforeEach(async () => {
  const { connection: _, internalState: __, ...all } = models;
  await Promise.all(Object.values(all).map((model) => model.deleteMany()));
});

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 2, 27);
const ZONES = ['Europe/Berlin', 'Pacific/Kiritimati', 'America/New_York'] as const;
const analyze = createAnalyzer({ taxonomy: defaultTaxonomy });
let made = 0;

const feedback = (hour: number, orgId: string | undefined = 'acme', acceptedAt = made) => {
  const n = made++;
  const input = {
    id: `f-${n}`,
    ...(orgId !== undefined && { orgId }),
    userId: `u-${n % 3}`,
    overallRating: 1 + (n % 5),
    improvements: n % 2 ? 'The coach is great, but the pages are slow.' : 'Please add a calendar.',
  };
  return toDocument({ ...input, acceptedAt, createdAt: START + hour * HOUR_MS }, analyze(input.improvements));
};
const spread = (count: number, orgId?: string) =>
  Array.from({ length: count }, (_, n) => feedback((n * 7) % 120, orgId));

/** A writer of another process: it knows the zones that its cache has. */
function createWriter() {
  const zones = createActiveZones(models);
  zones.close();
  const tombstones = createTombstones(models, zones.refresh);
  const { store } = createBatchWriter(models, { maxParts: 2, oldMs: 0, tombstones, zones });
  return { zones, store };
}

async function setZone(timeZone: string | null, orgId = 'acme'): Promise<void> {
  const { version } = await settingsOf(models, orgId);
  await saveSettings(models, {
    orgId,
    edited: version,
    redaction: null,
    retention: null,
    timeZone,
    actor: COMMAND_LINE,
  });
}

const moveFences = () => advanceFences(models);
/** Each step is that of another process, which knows nothing of those before. */
const stepOf = (state: OrgZoneDocument) =>
  recountDays({ models, parts: createPartsWriter(models, { maxParts: 2, oldMs: 0 }), moveFences }, state);

async function step(): Promise<boolean> {
  const state = await nextRecount(models);
  if (state) await stepOf(state);
  return state !== null;
}

async function finish(): Promise<void> {
  while (await step());
}

const activeZone = async (orgId = 'acme') => (await models.orgZones.findById(orgId).lean())?.active ?? undefined;

/** The days of an org as readers see them, and as the runtime's own dates of the stored feedback give them. */
async function compareDays(orgId = 'acme'): Promise<void> {
  const zone = await activeZone(orgId);
  const days = await readDays(models, { level: 'org', id: orgId }, { from: '2000-01-01', zone });
  const shown = [...days].map(([day, { delta }]) => [day, delta.get('n'), delta.get('r.overallRating.5') ?? 0]);
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone ?? 'UTC' });
  const expected = new Map<string, [number, number]>();
  for (const { createdAt, overallRating } of await models.feedback.find({ orgId }).lean<FeedbackDocument[]>()) {
    const day = format.format(createdAt);
    const [n, fives] = expected.get(day) ?? [0, 0];
    expected.set(day, [n + 1, fives + (overallRating === 5 ? 1 : 0)]);
  }
  expect(shown).toEqual([...expected].sort().map(([day, counts]) => [day, ...counts]));
}

const verify = async () => expect(mismatches(await storedAndRecomputed(models))).toEqual([]);

/** The sum of an org's days is its total, with retained totals, too. */
async function compareSums(orgId = 'acme'): Promise<void> {
  const subject = { level: 'org', id: orgId } as const;
  const { delta } = await readTotals(models, subject, { from: '1970-01-01', zone: await activeZone(orgId) });
  expect([...delta].sort()).toEqual([...(await readTotals(models, subject)).delta].sort());
}

describe('a change of the time zone', () => {
  it('recounts all days, which are exact after every step, whoever does it', async () => {
    const writer = createWriter();
    await writer.store(spread(1_010));
    await writer.store(spread(30, 'globex'));
    await setZone('Europe/Berlin');
    expect(await settingsOf(models, 'acme')).toMatchObject({
      timeZone: 'Europe/Berlin',
      inForce: { timeZone: 'UTC' },
      dayRecount: { step: 'counting', from: 'UTC', to: 'Europe/Berlin' },
    });
    const seen = new Set<string | undefined>();
    for (let steps = 0; await step(); steps++) {
      await writer.store([feedback(steps % 100), feedback(-steps)]);
      seen.add(await activeZone());
      await compareDays();
      await verify();
    }
    expect([...seen]).toEqual([undefined, 'Europe/Berlin']);
    expect(await settingsOf(models, 'acme')).toMatchObject({
      inForce: { timeZone: 'Europe/Berlin' },
      dayRecount: null,
    });
    // Not even a span of time of another org has changed.
    expect(await models.feedback.countDocuments({ orgId: 'globex', localDays: { $exists: true } })).toBe(0);

    await setZone('America/New_York');
    while (await step()) {
      await writer.store([feedback(50)]);
      await compareDays();
      await verify();
    }
    expect(await activeZone()).toBe('America/New_York');
    expect(await models.feedback.countDocuments({ localDays: /^Europe/ })).toBe(0);
    expect(await models.aggregates.countDocuments({ _id: /Europe/ })).toBe(0);

    await setZone(null);
    await finish();
    await compareDays();
    await verify();
    expect(await models.feedback.countDocuments({ localDays: { $exists: true } })).toBe(0);
    expect(await models.aggregates.countDocuments({ kind: 'org-zone-day' })).toBe(0);
  }, 60_000);

  it('leaves out nothing that a worker stores by an outdated cache, or a transaction that began before', async () => {
    const [slow, other] = [createWriter(), createWriter()];
    await slow.store(spread(20));
    await other.store(spread(20));
    await setZone('Asia/Tokyo');
    await step();
    // Between the marking and the commit of this batch, everything else happens up to the walk.
    const all = slow.zones.all;
    let late: Promise<unknown> | undefined;
    slow.zones.all = () => {
      const outdated = all();
      late ??= (async () => {
        await step();
        await step();
      })();
      return outdated;
    };
    await slow.store(spread(40));
    await late;
    await other.store(spread(10));
    await finish();
    expect(await activeZone()).toBe('Asia/Tokyo');
    expect(await models.feedback.countDocuments({ orgId: 'acme', localDays: /^Asia.Tokyo / })).toBe(90);
    await compareDays();
    await verify();
    // After the readers' change, no writer goes on with the former zone either.
    await setZone('UTC');
    await finish();
    await slow.store(spread(5));
    await other.store(spread(5));
    expect(await models.feedback.countDocuments({ localDays: { $exists: true } })).toBe(0);
    await verify();
  }, 60_000);

  it('may come again at any step: the last one wins', async () => {
    const writer = createWriter();
    await writer.store(spread(510));
    for (const [first, second] of [
      ['Europe/Berlin', 'Asia/Tokyo'],
      ['Asia/Tokyo', 'Europe/Berlin'],
      ['Pacific/Apia', null],
    ] as const)
      for (const steps of [0, 1, 2, 3, 4, 6]) {
        await setZone(first);
        for (let n = 0; n < steps; n++) await step();
        await compareDays();
        await setZone(second);
        await compareDays();
        await writer.store([feedback(steps)]);
        await verify();
        await finish();
        expect(await activeZone()).toBe(second ?? undefined);
        await compareDays();
        const zones = new Set((await models.feedback.distinct('localDays')).map((text) => text?.split(' ')[0]));
        expect([...zones]).toEqual(second === null ? [] : [second]);
        await verify();
      }
  }, 120_000);

  it('is done once if two processes do the same step', async () => {
    await createWriter().store(spread(600));
    await setZone('Europe/Berlin');
    for (let state = await nextRecount(models); state; state = await nextRecount(models)) {
      const done = await Promise.all([stepOf(state), stepOf(state)]);
      expect(done.filter((result) => result !== undefined)).toHaveLength(1);
      expect(await stepOf(state)).toBeUndefined();
      await verify();
    }
    await compareDays();
  }, 60_000);

  it('ends without a trace if the org is erased meanwhile, at any step', async () => {
    for (const steps of [1, 3, 5, 8]) {
      const writer = createWriter();
      await setZone('Europe/Berlin');
      await finish();
      await writer.store(spread(600));
      await setZone('Asia/Tokyo');
      for (let n = 0; n < steps; n++) await step();
      const stale = await nextRecount(models);
      const erasure = await requestErasure(models, { what: 'org', id: 'acme', orgId: null }, COMMAND_LINE);
      await beginErasure(models, erasure, erasure.subject!);
      const pending = { ...erasure, subject: erasure.subject! };
      const parts = createPartsWriter(models);
      for await (const found of findErasable(models, pending, 100)) {
        await eraseChunk(models, parts, async () => 0, pending, idsOf(found));
        await step();
      }
      await eraseOrgSettings(models, 'acme');
      if (stale) expect(await stepOf(stale)).toBeUndefined();
      expect(await models.orgZones.countDocuments()).toBe(0);
      expect(await models.aggregates.countDocuments({ orgId: 'acme' })).toBe(0);
      await verify();
      await models.tombstones.deleteMany();
    }
  }, 120_000);

  it('keeps what retention kept: a former UTC day counts as the local day of the same date, and is named', async () => {
    const writer = createWriter();
    const documents = spread(300);
    await writer.store(documents);
    const remove = (some: FeedbackDocument[]) =>
      removeFeedback(
        models,
        createPartsWriter(models),
        some.map(({ _id }) => _id),
        {
          aggregates: 'kept',
          orgsBeingErased: (transaction) => orgsBeingErased(models, transaction),
        },
      );
    await remove(documents.slice(0, 40));
    await setZone('Pacific/Kiritimati');
    for (let offset = 40; await step(); offset += 10) {
      await remove(documents.slice(offset, offset + 10));
      await compareSums();
      await verify();
    }
    const latest = Math.max(...documents.slice(0, 100).map(({ createdAt }) => createdAt.getTime()));
    const { utcUntil } = (await models.orgZones.findById('acme').lean())!;
    expect(utcUntil! <= new Date(latest).toISOString().slice(0, 10)).toBe(true);
    expect(utcUntil).not.toBeNull();
    // Removed in its zone: its local day is known.
    await writer.store([feedback(23)]);
    const [last] = await models.feedback
      .find({ createdAt: new Date(START + 23 * HOUR_MS) })
      .sort({ acceptedAt: -1 })
      .lean();
    await remove([last as FeedbackDocument]);
    await verify();
    for (const zone of ['Europe/Berlin', 'Pacific/Kiritimati', null]) {
      await setZone(zone);
      while (await step()) {
        await compareSums();
        await verify();
      }
    }
    expect(await models.retainedAggregates.countDocuments({ kind: 'org-zone-day' })).toBe(0);
    expect(await models.retainedAggregates.countDocuments({ zones: { $exists: true } })).toBe(0);
    await setZone('Europe/Berlin');
    await finish();
    while (
      (await eraseRetainedTotals(models, createPartsWriter(models), { erasureId: 'e', orgId: 'acme', limit: 7 })) > 0
    )
      await verify();
    expect(await models.retainedAggregates.countDocuments()).toBe(0);
    await compareDays();
  }, 120_000);

  it('is exact at every moment, whatever else happens', async () => {
    const zone = fc.constantFrom(...ZONES, null);
    const command = fc.oneof(
      { weight: 5, arbitrary: fc.constant({ do: 'step' as const }) },
      fc.record({
        do: fc.constant('store' as const),
        writer: fc.nat(1),
        hours: fc.array(fc.integer({ min: -30, max: 90 }), { minLength: 1, maxLength: 8 }),
      }),
      fc.record({ do: fc.constant('repeat' as const), writer: fc.nat(1), of: fc.nat(50), earlier: fc.boolean() }),
      fc.record({ do: fc.constant('zone' as const), zone }),
      fc.record({
        do: fc.constant('remove' as const),
        of: fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }),
        aggregates: fc.constantFrom('kept', 'reduced'),
      }),
      fc.constant({ do: 'merge' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
        const { connection: _, internalState: __, ...all } = models;
        await Promise.all(Object.values(all).map((model) => model.deleteMany()));
        const writers = [createWriter(), createWriter()] as const;
        const stored = [...spread(8)];
        await writers[0].store(stored);
        for (const one of commands) {
          if (one.do === 'step') await step();
          if (one.do === 'zone') await setZone(one.zone);
          if (one.do === 'merge') await mergeOldParts(models, undefined, { minParts: 2, oldMs: 0 });
          if (one.do === 'store') {
            const more = one.hours.map((hour) => feedback(hour));
            stored.push(...more);
            await writers[one.writer]!.store(more);
          }
          if (one.do === 'repeat') {
            const { localDays: __, ...again } = stored[one.of % stored.length]!;
            await writers[one.writer]!.store([
              { ...again, acceptedAt: new Date(again.acceptedAt.getTime() - (one.earlier ? 1 : 0)) },
            ]);
          }
          if (one.do === 'remove')
            await removeFeedback(
              models,
              createPartsWriter(models),
              one.of.map((n) => stored[n % stored.length]!._id),
              {
                aggregates: one.aggregates as 'kept',
                orgsBeingErased: async () => [],
              },
            );
          await verify();
          await compareSums();
        }
        await finish();
        await verify();
        await compareSums();
        if (!commands.some((one) => one.do === 'remove' && one.aggregates === 'kept')) await compareDays();
      }),
      { numRuns: 10 },
    );
  }, 300_000);
});
