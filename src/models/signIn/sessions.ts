import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import type { SessionDocument } from './sessionSchema.ts';
import { hashToken, newToken } from './token.ts';

type Sessions = Pick<Models, 'sessions'>;

const MINUTE_MS = 60_000;
const IDLE_MS = 12 * 60 * MINUTE_MS;
/** However busy a session is, it ends then. */
export const SESSION_MS = 30 * 24 * 60 * MINUTE_MS;
const MAX_SESSIONS = 20;

/** Signs a person in. The token is in the result and nowhere else; beyond twenty, those seen longest ago end. */
export async function createSession(
  models: Sessions,
  { personId, from, now = new Date() }: { personId: string; from: string; now?: Date },
  transaction: Transaction,
): Promise<string> {
  const token = newToken();
  const session: SessionDocument = {
    _id: hashToken(token),
    personId,
    from,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: expiryOf(now, now),
  };
  await models.sessions.create([session], { session: transaction });
  const surplus = await models.sessions
    .find({ personId }, { _id: 1 }, { session: transaction })
    .sort({ lastSeenAt: -1 })
    .skip(MAX_SESSIONS)
    .lean();
  if (surplus.length > 0)
    await models.sessions.deleteMany(
      { _id: { $in: surplus.map(({ _id }) => _id) } },
      { session: transaction },
    );
  return token;
}

/** The session of a token, unless it has ended; notes, once a minute, that it is in use. */
export async function findSession(
  models: Sessions,
  token: string,
  now = new Date(),
): Promise<SessionDocument | null> {
  const session = await models.sessions
    .findOne({ _id: hashToken(token), expiresAt: { $gt: now } })
    .lean<SessionDocument | null>();
  if (session && now.getTime() - session.lastSeenAt.getTime() > MINUTE_MS)
    // Not waited for: a session lost to an outage just here is idle a minute sooner.
    void models.sessions
      .updateOne({ _id: session._id }, { lastSeenAt: now, expiresAt: expiryOf(session.createdAt, now) })
      .catch(() => {});
  return session;
}

function expiryOf(createdAt: Date, lastSeenAt: Date): Date {
  return new Date(Math.min(lastSeenAt.getTime() + IDLE_MS, createdAt.getTime() + SESSION_MS));
}

export async function endSession(models: Sessions, id: string): Promise<void> {
  await models.sessions.deleteOne({ _id: id });
}

/** Ends all sessions of a person, but for the one to keep. */
export async function endSessions(
  models: Sessions,
  { personId, keep }: { personId: string; keep?: string },
  transaction: Transaction,
): Promise<void> {
  await models.sessions.deleteMany(
    { personId, ...(keep !== undefined && { _id: { $ne: keep } }) },
    { session: transaction },
  );
}

/** Whether the person is signed in from this address already. */
export async function isKnownAddress(models: Sessions, personId: string, from: string): Promise<boolean> {
  return (await models.sessions.exists({ personId, from, expiresAt: { $gt: new Date() } })) !== null;
}
