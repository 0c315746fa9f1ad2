import type { Random } from '../support/random.ts';
import type { Moment, Occasion } from './moments.ts';
import type { Mood } from './text/types.ts';
import { stories, storyDay } from './world.ts';

export interface Answers {
  overallRating?: number;
  uxRating?: number;
  growMethodRating?: number;
  easeOfUse?: string;
  helpfulness?: string;
  willingToPay?: string;
}

const ease = ['Very difficult', 'Difficult', 'Neutral', 'Easy', 'Very easy'] as const;
const help = ['Not helpful', 'Slightly helpful', 'Somewhat helpful', 'Helpful', 'Very helpful'] as const;

/** How likely each question is answered. `text` is that there is a text at all. */
const asked: Record<Occasion, Record<keyof Answers | 'text', number>> = {
  session: {
    overallRating: 0.96,
    uxRating: 0.5,
    growMethodRating: 0.82,
    easeOfUse: 0.2,
    helpfulness: 0.6,
    willingToPay: 0.05,
    text: 0.6,
  },
  'follow-up': {
    overallRating: 0.88,
    uxRating: 0.4,
    growMethodRating: 0.7,
    easeOfUse: 0.15,
    helpfulness: 0.65,
    willingToPay: 0.2,
    text: 0.52,
  },
  'check-in': {
    overallRating: 0.9,
    uxRating: 0.6,
    growMethodRating: 0.35,
    easeOfUse: 0.55,
    helpfulness: 0.25,
    willingToPay: 0.35,
    text: 0.53,
  },
  button: {
    overallRating: 0.6,
    uxRating: 0.35,
    growMethodRating: 0.1,
    easeOfUse: 0.2,
    helpfulness: 0.1,
    willingToPay: 0.15,
    text: 0.93,
  },
};

/** Someone's opinions at a moment, and the questions they answer: at least one, or `hasText`. */
export function answer(
  moment: Moment,
  days: number,
  random: Random,
): { answers: Answers; mood: Mood; hasText: boolean } {
  const felt = feel(moment, days, random);
  const odds = asked[moment.occasion];
  const promoter = moment.user?.id === stories.promoter.user;
  const is = (question: keyof typeof odds) => random.chance(odds[question]);
  const answers: Answers = {};
  if (is('overallRating')) answers.overallRating = stars(felt.overall);
  if (is('uxRating')) answers.uxRating = stars(felt.ux);
  if (is('growMethodRating')) answers.growMethodRating = stars(felt.growMethod);
  if (is('easeOfUse')) answers.easeOfUse = ease[stars(felt.ux + random.normal(0.1, 0.45)) - 1]!;
  if (is('helpfulness'))
    answers.helpfulness = help[stars((felt.overall + felt.growMethod) / 2 + random.normal(0, 0.35)) - 1]!;
  if (is('willingToPay'))
    answers.willingToPay = pays(
      felt.overall + (moment.user?.purse ?? random.normal(0, 0.9)) + random.normal(0, 0.3),
      random,
    );
  const hasText = random.chance(promoter ? 0.75 : odds.text) || Object.keys(answers).length === 0;
  if (promoter) answers.overallRating ??= stars(felt.overall);
  const moods: readonly Mood[] = ['angry', 'annoyed', 'mixed', 'content', 'glad'];
  return { answers, mood: moods[stars(felt.overall + random.normal(0, 0.2)) - 1]!, hasText };
}

/** The moment's satisfaction in points of the scale from 1 to 5, not yet cut to whole ones. */
function feel(moment: Moment, days: number, random: Random) {
  const { at, occasion, org, user, session } = moment;
  const from = (day: number) => at >= storyDay(day, days) * 1440;
  const [orgMood, userMood] = [org?.mood ?? 0, user?.mood ?? random.normal(-0.15, 0.5)];
  // Now and then something goes wrong that has nothing to do with anything else.
  const steady = user?.id === stories.promoter.user;
  const mishap = !steady && random.chance(0.055) ? 1 + 1.2 * random.next() : 0;
  let overall = 3.98 + orgMood + userMood + (session?.mood ?? 0) + random.normal(0, steady ? 0.3 : 0.65) - mishap;
  let ux = 3.9 + 0.8 * orgMood + 0.75 * userMood + 0.25 * (session?.mood ?? 0) + random.normal(0, 0.7) - 0.8 * mishap;
  let growMethod =
    3.8 + 0.5 * orgMood + 0.6 * userMood + 0.6 * (session?.mood ?? 0) + random.normal(0, 0.65) - 0.3 * mishap;
  if (occasion === 'button') overall -= 0.25;
  if (session !== undefined) {
    overall += stories.sessionTypes[session.type].overall;
    growMethod += stories.sessionTypes[session.type].growMethod;
  }
  if (org?.id === stories.migration.org && from(stories.migration.fromDay)) {
    overall += stories.migration.overall;
    ux += stories.migration.ux;
    growMethod += stories.migration.growMethod;
  }
  if (from(stories.release.fromDay)) ux += stories.release.ux;
  if (seesGuided(moment, days)) {
    overall += stories.checkinFlow.guided.overall;
    ux += stories.checkinFlow.guided.ux;
  }
  return { overall, ux, growMethod };
}

/** The experiment and variant of a moment, if it is part of one. */
export function experimentOf(
  { at, occasion, user, session }: Moment,
  days: number,
): { experiment: string; variant: string } | undefined {
  if (user === undefined) return undefined;
  if (occasion === 'check-in' && at >= storyDay(stories.checkinFlow.fromDay, days) * 1440) {
    return { experiment: stories.checkinFlow.experiment, variant: user.checkinVariant };
  }
  if (occasion === 'follow-up' && session !== undefined)
    return { experiment: stories.sameForAll.experiment, variant: session.sameVariant };
  return undefined;
}

export function seesGuided(moment: Moment, days: number): boolean {
  return experimentOf(moment, days)?.variant === 'guided';
}

function stars(points: number): 1 | 2 | 3 | 4 | 5 {
  return Math.max(1, Math.min(5, Math.round(points))) as 1 | 2 | 3 | 4 | 5;
}

function pays(readiness: number, random: Random): string {
  if (readiness < 2.9) return 'No';
  if (readiness < 3.5) return random.chance(0.3) ? 'Yes, if it had calendar sync' : 'Maybe';
  if (readiness < 4.1) return random.pick(['Yes, if it had calendar sync', 'Yes, if my company pays', 'Yes, at $10']);
  return readiness < 4.8 ? 'Yes, at $10' : 'Yes, at $25';
}
