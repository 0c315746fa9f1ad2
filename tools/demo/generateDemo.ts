import { createRandom, type Random } from '../support/random.ts';
import { answer, experimentOf, seesGuided } from './answers.ts';
import { type Moment, planMoments } from './moments.ts';
import type { Scene, Side, TextRequest } from './text/desk.ts';
import { phones, weekdays } from './text/en/life.ts';
import type { Slots } from './text/expand.ts';
import { randomStyle } from './text/style.ts';
import type { TopicId } from './text/types.ts';
import { createWriter } from './text/writer.ts';
import { createWorld, stories, storyDay } from './world.ts';

const DAY_MS = 86_400_000;

/** A body for `POST /v1/feedback`. */
export interface DemoFeedback {
  id: string;
  orgId?: string;
  userId?: string;
  sessionId?: string;
  overallRating?: number;
  uxRating?: number;
  growMethodRating?: number;
  easeOfUse?: string;
  helpfulness?: string;
  willingToPay?: string;
  improvements?: string;
  createdAt: string;
  experiment?: string;
  variant?: string;
  tags?: string[];
}

export interface DemoOptions {
  /** Another seed, another demo; the same seed, the same one. */
  seed?: number;
  count?: number;
  days?: number;
  /** The demo ends with the last UTC day that is over at this time, so that nothing lies in the future. */
  until: Date;
}

/**
 * `count` feedback in order of `createdAt`, from `days` whole UTC days. Of 20,000 feedback there are exactly 40 orgs, 2,000
 * users and 6,000 sessions; other counts have them in proportion (but no more orgs). All but `createdAt` depends on the seed, the
 * count and the days alone; another `until` moves every `createdAt` by the same whole days.
 * Throws a RangeError unless `count` and `days` are whole numbers of at least 1 and `until` is a date.
 */
export function* generateDemo({ seed = 1, count = 20_000, days = 90, until }: DemoOptions): Generator<DemoFeedback> {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`count must be a whole number of at least 1, not ${count}`);
  if (!Number.isInteger(days) || days < 1)
    throw new RangeError(`days must be a whole number of at least 1, not ${days}`);
  if (Number.isNaN(until.getTime())) throw new RangeError('until must be a date');
  const start = (Math.floor(until.getTime() / DAY_MS) - days) * DAY_MS;
  const orgCount = Math.max(1, Math.min(40, Math.floor(count / 10)));
  const world = createWorld(seed, orgCount, Math.max(orgCount, Math.round(count / 10)), days);
  const moments = planMoments(seed, world, Math.max(1, Math.floor(count * 0.3)), count, days);

  const random = createRandom(`feedback ${seed}`);
  const write = createWriter(random.fork('texts'));
  const prefix = `demo-${seed}${count === 20_000 && days === 90 ? '' : `-${count}x${days}`}`;
  let number = 0;
  for (const moment of moments) {
    const { org, user, session } = moment;
    const { answers, mood, hasText } = answer(moment, days, random);
    const request = hasText ? textRequest(moment, days, random) : undefined;
    yield {
      id: `${prefix}-${String(++number).padStart(5, '0')}`,
      ...(org && { orgId: org.id }),
      ...(user && { userId: user.id }),
      ...(session && { sessionId: session.id }),
      ...answers,
      ...(request && { improvements: write({ ...request, mood }) }),
      createdAt: new Date(start + Math.floor(moment.at * 60_000)).toISOString(),
      ...experimentOf(moment, days),
      ...tagged(moment),
    };
  }
}

function tagged({ user, session }: Moment): { tags?: string[] } {
  const tags = [
    session?.type,
    session !== undefined && session.people.length > 1 ? 'group' : undefined,
    user?.platform,
  ];
  const known = tags.filter((tag) => tag !== undefined);
  return known.length > 0 ? { tags: known } : {};
}

/** How often people bring a topic up: as a complaint, as praise, as a wish. */
const common: Record<TopicId, readonly [bad: number, good: number, wish: number]> = {
  accessibility: [0.6, 0.3, 0.6],
  actions: [0.8, 1.6, 1.3],
  ai: [2, 1.6, 1.5],
  billing: [1.6, 0.8, 1],
  calendar: [2, 1, 2.2],
  calls: [1.2, 0.7, 0.6],
  checkins: [0.8, 1.2, 0.8],
  coach: [1.2, 4.5, 1],
  content: [0.7, 1, 0.8],
  crashes: [1.5, 0.3, 0.4],
  design: [1.5, 1.5, 1.3],
  export: [1, 0.6, 1.2],
  goals: [0.9, 1.8, 1.1],
  integrations: [0.8, 0.6, 1.2],
  language: [0.5, 0.2, 0.5],
  login: [1.3, 0.6, 0.6],
  method: [1, 2.4, 0.8],
  mobile: [1.2, 1.3, 1.1],
  notifications: [6.5, 0.5, 1.2],
  onboarding: [1.2, 1.1, 0.6],
  performance: [1.3, 0.7, 0.3],
  privacy: [0.6, 0.5, 0.8],
  reports: [0.9, 0.8, 1],
  search: [1, 0.4, 1.1],
  sessions: [1.3, 1.3, 1.2],
  support: [0.8, 0.9, 0.4],
  sync: [1.1, 0.6, 0.8],
  teams: [4, 4, 4],
};

const sideIndex: Record<Side, 0 | 1 | 2> = { bad: 0, good: 1, wish: 2 };

function textRequest(moment: Moment, days: number, random: Random): Omit<TextRequest, 'mood'> {
  const { at, org, user, session } = moment;
  const from = (day: number) => at >= storyDay(day, days) * 1440;
  const scene: Scene = {
    migrated: org?.id === stories.migration.org && from(stories.migration.fromDay),
    released: from(stories.release.fromDay),
    guided: seesGuided(moment, days),
    promoter: user?.id === stories.promoter.user,
  };
  const checksIn = experimentOf(moment, days)?.experiment === stories.checkinFlow.experiment;
  const weigh = (topic: TopicId, side: Side): number => {
    let weight = common[topic][sideIndex[side]];
    if (side === 'bad' && topic === org?.peeve) weight *= 2.2;
    if (side === 'good' && topic === org?.strength) weight *= 2.2;
    if (topic === 'notifications' && scene.released) weight = side === 'good' ? 4.5 : 0;
    if (topic === 'performance' && scene.migrated) weight = side === 'bad' ? 55 : side === 'good' ? 0 : weight;
    if (topic === 'sync' && scene.migrated && side === 'good') weight = 0;
    if (topic === 'checkins' && checksIn)
      weight = scene.guided ? (side === 'good' ? 5 : side === 'bad' ? 0 : weight) : weight * 2.5;
    if (topic === 'teams' && !user?.manages) weight = 0;
    if (topic === 'reports' && !user?.manages) weight *= 0.4;
    return weight;
  };
  return {
    language: user?.language ?? 'en',
    verbosity: Math.max(0, Math.min(1, (user?.verbosity ?? random.next() ** 1.6) + random.normal(0, 0.15))),
    style: user?.style ?? randomStyle(random),
    slots: withDay(user?.slots ?? anonymousSlots(moment, random), random),
    session: session?.type,
    manages: user?.manages ?? false,
    weigh,
    scene,
  };
}

function withDay(slots: Slots, random: Random): Slots {
  return {
    ...slots,
    weekday: random.pick(weekdays),
  };
}

function anonymousSlots({ org }: Moment, random: Random): Slots {
  return {
    me: '',
    years: 'many',
    coach: 'my coach',
    he: 'they',
    him: 'them',
    role: random.pick(['a team lead', 'a manager', 'a newcomer', 'a part-timer']),
    team: 'my team',
    phone: random.pick(phones.web),
    device: random.pick(['my laptop', 'the office PC']),
    browser: random.pick(['Chrome', 'Firefox', 'Safari']),
    cal: org?.cal ?? random.pick(['Outlook', 'Google Calendar']),
    chat: org?.chat ?? random.pick(['Teams', 'Slack']),
    sso: org?.sso ?? random.pick(['Okta', 'Microsoft', 'Google']),
  };
}
