import { createRandom, createSampler, type Random } from '../support/random.ts';
import {
  createSessions,
  dayWeights,
  minuteOn,
  type Org,
  type Session,
  stories,
  storyDay,
  type User,
  type World,
} from './world.ts';

/** Why feedback is asked for or given: after a session, some days later, in a check-in, or by the feedback button. */
export type Occasion = 'session' | 'follow-up' | 'check-in' | 'button';

/** That somebody gives feedback at a time, before it is known what they say. */
export interface Moment {
  /** Minutes since the demo's start. */
  at: number;
  occasion: Occasion;
  org?: Org;
  user?: User;
  session?: Session;
}

/**
 * Exactly `count` moments within `days` days, in order of time, in which every session and every user of `world` comes up
 * (`count` must be at least `sessionCount` plus the number of users).
 */
export function planMoments(seed: number, world: World, sessionCount: number, count: number, days: number): Moment[] {
  const random = createRandom(`moments ${seed}`);
  const end = days * 1440;
  const sessions = createSessions(seed, world, sessionCount, days);
  const moments: Moment[] = [];
  const heard = new Set<User>();
  const add = (moment: Moment) => {
    if (moment.user !== undefined) heard.add(moment.user);
    moments.push(moment);
  };

  for (const session of sessions) add(afterSession(random, session, session.people[0]!, end));

  const drawDay = createSampler([...Array(days).keys()], (day) => dayWeights(days)[day]!);
  const checkIn = (user: User): Moment => {
    let day = drawDay(random);
    for (let tries = 0; day < user.joinsOn && tries < 50; tries++) day = drawDay(random);
    day = Math.max(day, user.joinsOn);
    return {
      at: minuteOn(random, day, user.org),
      occasion: random.chance(0.72) ? 'check-in' : 'button',
      org: user.org,
      user,
    };
  };
  for (const user of world.users) if (!heard.has(user)) add(checkIn(user));

  const promoter = world.users.find(({ id }) => id === stories.promoter.user);
  for (let n = Math.min(stories.promoter.checkins, count / 100, count - moments.length); promoter && n >= 1; n--)
    add(checkIn(promoter));

  for (const session of sessions) {
    for (const guest of session.people.slice(1)) {
      if (moments.length < count && random.chance(0.75)) add(afterSession(random, session, guest, end));
    }
  }

  const drawUser = createSampler(world.users, ({ activity }) => activity ** 0.8);
  const experimentFrom = storyDay(stories.checkinFlow.fromDay, days);
  while (moments.length < count) {
    const kind = random.next();
    const user = drawUser(random);
    if (kind < 0.33) {
      const session = random.pick(sessions);
      const later = session.endsAt + random.int(1, 3) * 1440 + random.normal(0, 150);
      const at =
        later < end ? Math.max(session.endsAt + 60, later) : session.endsAt + random.next() * (end - session.endsAt);
      add({ at, occasion: 'follow-up', org: session.org, user: random.pick(session.people), session });
    } else if (kind < 0.87) {
      const moment = checkIn(user);
      // The experiment's weeks see a few more check-ins.
      if (moment.at / 1440 < experimentFrom && random.chance(0.2)) continue;
      add(moment);
    } else {
      const org = kind < 0.96 ? user.org : undefined;
      const day = Math.max(drawDay(random), org?.joinsOn ?? 0);
      add({ at: minuteOn(random, day, org), occasion: 'button', ...(org && { org }) });
    }
  }
  return moments.sort((a, b) => a.at - b.at);
}

/** Most answer within a quarter of an hour after the session, some later that day; a few without their name. */
function afterSession(random: Random, session: Session, user: User, end: number): Moment {
  const delay = random.chance(0.75) ? 1 + random.next() * 14 : 15 + random.next() ** 2 * 480;
  const at = session.endsAt + Math.min(delay, random.next() * (end - session.endsAt));
  const named = user.id === stories.promoter.user || !random.chance(0.04);
  return { at, occasion: 'session', org: session.org, session, ...(named && { user }) };
}
