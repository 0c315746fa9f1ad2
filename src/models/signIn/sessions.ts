import type { Models } from '../database.ts';
import type { Transaction } from '../mongodb/inTransaction.ts';
import { hashToken, newToken } from '../token.ts';
import type { SessionDocument } from './sessionSchema.ts';

const MINUTE_MS = 60_000;
/** Idle time after which a session ends. */
const MAX_IDLE_MS = 12 * 60 * MINUTE_MS;
/** Max age of a session, however busy it is. */
export const MAX_SESSION_MS = 30 * 24 * 60 * MINUTE_MS;
/** Max sessions of one person. */
const MAX_SESSIONS = 20;

/**
 * Creates a session and returns its token, which is stored nowhere. Over `MAX_SESSIONS`, the sessions unused for longest
 * end.
 */
export async function createSession(
  models: Models,
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
    await models.sessions.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } }, { session: transaction });
  return token;
}

/** The session of a token, or null if it has ended. Records its use at most once a minute. */
export async function findSession(models: Models, token: string, now = new Date()): Promise<SessionDocument | null> {
  const session = await models.sessions
    .findOne({ _id: hashToken(token), expiresAt: { $gt: now } })
    .lean<SessionDocument | null>();
  if (session && now.getTime() - session.lastSeenAt.getTime() > MINUTE_MS)
    // Not awaited: if this write is lost, the session ends a minute of idle time sooner.
    void models.sessions
      .updateOne({ _id: session._id }, { lastSeenAt: now, expiresAt: expiryOf(session.createdAt, now) })
      .catch(() => {});
  return session;
}

function expiryOf(createdAt: Date, lastSeenAt: Date): Date {
  return new Date(Math.min(lastSeenAt.getTime() + MAX_IDLE_MS, createdAt.getTime() + MAX_SESSION_MS));
}

export async function endSession(models: Models, id: string): Promise<void> {
  await models.sessions.deleteOne({ _id: id });
}

/** Ends all sessions of a person except `keep`. */
export async function endSessions(
  models: Models,
  { personId, keep }: { personId: string; keep?: string },
  transaction: Transaction,
): Promise<void> {
  await models.sessions.deleteMany(
    { personId, ...(keep !== undefined && { _id: { $ne: keep } }) },
    { session: transaction },
  );
}

/** Whether the person has a session that was started from this address. */
export async function isKnownAddress(models: Models, personId: string, from: string): Promise<boolean> {
  return (await models.sessions.exists({ personId, from, expiresAt: { $gt: new Date() } })) !== null;
}
