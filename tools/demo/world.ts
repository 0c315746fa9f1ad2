import { createRandom, createSampler, type Random } from '../support/random.ts';
import { givenNames, type OrgProfile, orgProfiles } from './orgs.ts';
import { browsers, coaches, devices, phones, roles, teams } from './text/en/life.ts';
import type { Slots } from './text/expand.ts';
import { randomStyle, type Style } from './text/style.ts';
import type { Language, SessionType } from './text/types.ts';

/** The stories of STORIES.md. Days count from 1 and are of a demo of 90 days; effects are points on the scale from 1 to 5. */
export const stories = {
  migration: { org: 'org-tidewell', fromDay: 61, overall: -1.5, ux: -1.8, growMethod: -0.4, orgMood: 0.3 },
  release: { fromDay: 46, ux: 0.1 },
  sessionTypes: {
    'coach-led': { overall: 0.3, growMethod: 0.5 },
    'self-guided': { overall: -0.15, growMethod: -0.35 },
  },
  promoter: {
    org: 'org-lumen-academy',
    user: 'user-maren-holt',
    orgMood: 0.75,
    userMood: 0.9,
    sessions: 24,
    checkins: 18,
  },
  checkinFlow: {
    experiment: 'checkin-flow',
    fromDay: 31,
    guided: { overall: 0.5, ux: 0.6 },
  },
  sameForAll: { experiment: 'aa-baseline' },
} as const;

export interface Org extends OrgProfile {
  mood: number;
  /** The first day, from 0, on which it uses the product. */
  joinsOn: number;
  users: User[];
}

export interface User {
  id: string;
  org: Org;
  language: Language;
  mood: number;
  activity: number;
  verbosity: number;
  style: Style;
  platform: 'web' | 'ios' | 'android';
  joinsOn: number;
  /** Looks after a team's or an org's accounts. */
  manages: boolean;
  /** How ready to pay, apart from how pleased. */
  purse: number;
  slots: Slots;
  /** The variant in the experiment "checkin-flow". */
  checkinVariant: 'control' | 'guided';
}

export interface Session {
  id: string;
  org: Org;
  /** Participants; the session belongs to the first. A group has several. */
  people: User[];
  type: SessionType;
  mood: number;
  /** The variant in the experiment whose variants are the same. */
  sameVariant: 'a' | 'b';
  /** Minutes since the demo's start. */
  endsAt: number;
}

export interface World {
  orgs: Org[];
  users: User[];
}

/** A day of a 90-day demo, from 1, as a day of a demo of `days`, from 0. */
export function storyDay(day: number, days: number): number {
  return Math.round(((day - 1) * days) / 90);
}

/** `orgCount` orgs of Zipf-like sizes with `userCount` users between them, each at least one. */
export function createWorld(seed: number, orgCount: number, userCount: number, days: number): World {
  const random = createRandom(`world ${seed}`);
  const orgs = orgProfiles.slice(0, orgCount).map((profile, rank): Org => {
    const story = [stories.migration, stories.promoter].find(({ org }) => org === profile.id);
    const mood = story?.orgMood ?? Math.max(-0.5, Math.min(0.5, random.normal(0, 0.22)));
    const late = rank > 14 && rank % 4 === 3;
    return {
      ...profile,
      mood,
      joinsOn: late ? Math.floor(days * (0.1 + 0.4 * random.next())) : 0,
      users: [],
    };
  });
  const sizes = apportion(
    userCount,
    orgs.map((_, rank) => 1 / (rank + 2.5) ** 0.85),
  );
  const users: User[] = [];
  orgs.forEach((org, i) => {
    for (let n = 0; n < sizes[i]!; n++) users.push(createUser(random, org, users.length, days));
    if (org.id === stories.promoter.org && org.users[0] !== undefined) makePromoter(org.users[0]);
  });
  assignVariants(users);
  return { orgs, users };
}

/** Whole numbers of at least 1 in the proportion of `weights`, which sum to `total` (at least one for each). */
function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const parts = weights.map((weight) => Math.max(1, Math.floor((total * weight) / sum)));
  for (let i = 0, rest = total - parts.reduce((a, b) => a + b, 0); rest !== 0; i = (i + 1) % parts.length) {
    if (rest < 0 && parts[i]! === 1) continue;
    parts[i] = parts[i]! + Math.sign(rest);
    rest -= Math.sign(rest);
  }
  return parts;
}

function createUser(random: Random, org: Org, index: number, days: number): User {
  const language = random.weighted(Object.keys(givenNames) as Language[], (each) => {
    if (each !== 'en') return org.languages[each] ?? 0;
    return 1 - Object.values(org.languages).reduce((sum, share) => sum + share, 0);
  });
  const name = random.pick(givenNames[language]);
  const [coach, he, him] = random.pick(coaches);
  const style = randomStyle(random);
  const platform = random.weighted(
    ['web', 'ios', 'android'] as const,
    (each) => ({ web: 5, ios: 3, android: 2 })[each],
  );
  const user: User = {
    id: `user-${plain(name)}-${String(index + 1).padStart(4, '0')}`,
    org,
    language,
    mood: Math.max(-1.4, Math.min(1.1, random.normal(0, 0.62))),
    activity: Math.exp(random.normal(0, 0.8)),
    verbosity: random.chance(0.04) ? 1 : random.next() ** 1.5,
    style: language === 'ja' ? { ...style, typoRate: 0, lowerCase: false, noFullStop: false } : style,
    platform,
    joinsOn: Math.max(org.joinsOn, random.chance(0.65) ? 0 : Math.floor(random.next() * days * 0.8)),
    manages: random.chance(0.14),
    purse: random.normal(0, 0.9),
    checkinVariant: 'control',
    slots: {
      me: name,
      years: random.pick(['eleven', 'twelve', 'fifteen', 'twenty']),
      coach,
      he,
      him,
      role: random.pick(roles),
      team: random.pick(teams),
      phone: random.pick(phones[platform]),
      device: random.pick(devices),
      browser: random.pick(browsers),
      cal: org.cal,
      chat: org.chat,
      sso: org.sso,
    },
  };
  org.users.push(user);
  return user;
}

function makePromoter(user: User): void {
  Object.assign(user, {
    id: stories.promoter.user,
    language: 'en',
    mood: stories.promoter.userMood,
    verbosity: 0.8,
    joinsOn: 0,
    activity: 0.3,
    platform: 'web',
    purse: 2,
    slots: { ...user.slots, me: 'Maren' },
    style: {
      lowerCase: false,
      noApostrophes: false,
      noFullStop: false,
      typoRate: 0,
      emojiRate: 0,
      exclaimRate: 0,
    },
  } satisfies Partial<User>);
}

/** Deals the variants out so that a variant's people are about as active, and as happy, as the other's. */
function assignVariants(users: readonly User[]): void {
  let [activity, mood] = [0, 0];
  for (const user of [...users].sort((a, b) => b.activity - a.activity)) {
    const feeling = user.activity * (user.mood + user.org.mood);
    const guided =
      Math.hypot(activity + user.activity, mood + feeling) < Math.hypot(activity - user.activity, mood - feeling);
    user.checkinVariant = guided ? 'guided' : 'control';
    activity += guided ? user.activity : -user.activity;
    mood += guided ? feeling : -feeling;
  }
}

function plain(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** How much happens on each day, from 0: growth over the whole time, and quiet weekends when the last day is a Sunday. */
export function dayWeights(days: number): number[] {
  return Array.from({ length: days }, (_, day) => {
    const fromEnd = (days - 1 - day) % 7;
    return (0.65 + (0.7 * day) / days) * (fromEnd < 2 ? 0.35 : fromEnd === 2 ? 0.85 : 1);
  });
}

const sessionHours = [0, 0, 0, 0, 0, 0.3, 1, 3, 6, 9, 9, 7, 5, 5, 8, 8, 7, 5, 3, 3, 2.5, 1.5, 0.6, 0.1];

/** A minute on `day` at a local hour when people are about, in UTC. */
export function minuteOn(random: Random, day: number, org: Org | undefined): number {
  const hour = random.weighted([...sessionHours.keys()], (each) => sessionHours[each]!);
  const utcHour = (hour - (org?.offsetHours ?? 0) + 24) % 24;
  return day * 1440 + utcHour * 60 + random.next() * 60;
}

/** `count` sessions within `days` days, in order of their ends. */
export function createSessions(seed: number, world: World, count: number, days: number): Session[] {
  const random = createRandom(`sessions ${seed}`);
  const drawDay = createSampler([...Array(days).keys()], (day) => dayWeights(days)[day]!);
  const drawUser = createSampler(world.users, ({ activity }) => activity);
  const promoter = world.users.find(({ id }) => id === stories.promoter.user);
  const sessions: Session[] = [];
  while (sessions.length < count) {
    const mine = promoter !== undefined && sessions.length < Math.min(stories.promoter.sessions, count / 10);
    const day = mine
      ? Math.floor(((sessions.length + random.next()) * days) / stories.promoter.sessions)
      : drawDay(random);
    const user = mine ? promoter : drawUser(random);
    if (user.joinsOn > day) continue;
    const group = !mine && random.chance(0.05) && user.org.users.length > 5;
    const type: SessionType = group || random.chance(mine ? 0.7 : 0.45) ? 'coach-led' : 'self-guided';
    const length = type === 'coach-led' ? random.pick([30, 45, 45, 50, 60]) : Math.max(6, random.normal(19, 7));
    const starts = minuteOn(random, day, user.org);
    sessions.push({
      id: '',
      org: user.org,
      people: group ? gather(random, user, day) : [user],
      type,
      mood: random.normal(0, 0.35),
      sameVariant: 'a',
      endsAt: Math.min(starts + length + random.next() * 4, days * 1440 - 15),
    });
  }
  sessions.sort((a, b) => a.endsAt - b.endsAt);
  sessions.forEach((session, i) => {
    session.sameVariant = (i >> 1) % 2 === 0 ? 'a' : 'b';
    session.id = `session-${String(i + 1).padStart(5, '0')}`;
  });
  return sessions;
}

/** `user` and two to six colleagues who are there on that day. */
function gather(random: Random, user: User, day: number): User[] {
  const people = new Set([user]);
  const others = user.org.users.filter(({ joinsOn }) => joinsOn <= day);
  for (let seats = random.int(2, 6); seats > 0; seats--) people.add(random.pick(others));
  return [...people];
}
