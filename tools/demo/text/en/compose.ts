import type { Desk, Side } from '../desk.ts';
import { expand } from '../expand.ts';
import type { Mood, Point, Topic, TopicId } from '../types.ts';
import { accountTopics } from './account.ts';
import { coachingTopics } from './coaching.ts';
import { asides, frames, openers, shorts, signOffs } from './frames.ts';
import { insightTopics } from './insight.ts';
import { goals } from './life.ts';
import { rhythmTopics } from './rhythm.ts';
import { speedTopics } from './speed.ts';
import { guidedCheckin, promoterGoals, promoterTexts, remindersFixed, slowSinceMigration } from './stories.ts';
import { tales } from './tales.ts';

const areas = [accountTopics, coachingTopics, insightTopics, rhythmTopics, speedTopics];
const topics: readonly Topic[] = areas.flat();
const areaOf = new Map(areas.flatMap((area, i) => area.map(({ id }) => [id, i] as const)));

type FrameKind = keyof typeof frames;

/** Openings by mood. */
const shapes: Record<Mood, Partial<Record<FrameKind, number>>> = {
  glad: {
    praise: 5,
    praiseNoun: 2,
    twoPraises: 3,
    outcome: 2.5,
    praiseWish: 2,
    wish: 0.5,
    add: 0.4,
    ask: 0.3,
  },
  content: {
    goodBut: 4,
    praise: 2.5,
    praiseWish: 3,
    wish: 2,
    add: 1.7,
    twoWishes: 0.8,
    ask: 1,
    praiseNoun: 1,
    outcome: 0.9,
  },
  mixed: {
    goodBut: 4.5,
    complaint: 1.8,
    complaintWish: 2,
    wish: 2,
    add: 1.2,
    ask: 1.4,
    complaintNoun: 0.8,
    twoWishes: 0.7,
  },
  annoyed: {
    complaint: 4.5,
    twoComplaints: 2.5,
    complaintWish: 2,
    complaintNoun: 1.3,
    goodBut: 1.2,
    ask: 0.6,
    wish: 0.4,
  },
  angry: { complaint: 4.5, twoComplaints: 3.5, complaintNoun: 1.2, complaintWish: 0.6 },
};

/** Continuations by mood. */
const continuations: Record<
  Mood,
  Partial<Record<'more' | 'praise' | 'complaint' | 'outcome' | 'aside' | 'wish', number>>
> = {
  glad: { more: 3, praise: 2, outcome: 1, aside: 1, wish: 0.5 },
  content: { more: 3, praise: 1.4, aside: 0.7, wish: 1 },
  mixed: { more: 3, complaint: 0.9, praise: 0.7, aside: 0.8, wish: 0.9 },
  annoyed: { more: 3.5, complaint: 1.8, aside: 1, wish: 0.6, praise: 0.2 },
  angry: { more: 3.5, complaint: 2.4, aside: 1.2, wish: 0.2 },
};

/** Links to one more clause of complaint or praise. */
const links = {
  bad: ['', '', '', '{and|also,|plus,}', "{on top of that,|then there's this:}"],
  good: ['', '', '', '{and|also,|plus,}', '{also nice:|another plus:}'],
} as const;

/** The same when the clause before was of the other kind. */
const turns = {
  bad: ['but', 'less good:', 'what I could do without:', 'on the other hand,'],
  good: ['but', 'on the plus side,', 'to be fair,', 'what I do like:'],
} as const;

/** An English text of the request's mood and length, from a word to several paragraphs. */
export function composeEnglish(desk: Desk): { text: string; short: boolean } {
  const { request, random, fresh } = desk;
  const { mood, verbosity, slots } = request;
  if (request.scene.promoter) return { text: speakFor(desk), short: false };
  if (random.chance(0.3 * (1 - verbosity) ** 1.5 + 0.02)) return { text: fresh(shorts[mood]), short: true };
  const goal = fresh(goals);
  const say = (pattern: string) => expand(pattern, random, { ...slots, goal: goal.ing });

  const used = new Set<TopicId>();
  const told = new Set<unknown>();
  const first = (key: string): boolean => !told.has(key) && told.add(key).size > 0;
  const topicFor = (side: Side): Topic => {
    const near = new Set([...used].map((id) => areaOf.get(id)));
    const chosen = random.weighted(topics, (topic) => {
      if (used.has(topic.id) || !fits(topic, desk)) return 0;
      return request.weigh(topic.id, side) * (near.has(areaOf.get(topic.id)) ? 3.5 : 1);
    });
    used.add(chosen.id);
    return chosen;
  };

  /** The point last made, so that more can be said about it. */
  let last: Point | undefined;
  let lastSide: 'bad' | 'good' | undefined;

  const fill = (kind: FrameKind): string => {
    const points = new Map<string, { topic: Topic; point: Point }>();
    const pointFor = (key: string) => {
      const known = points.get(key);
      if (known !== undefined) return known;
      const side = key.startsWith('g') ? 'good' : 'bad';
      const topic = topicFor(side);
      const made = { topic, point: fresh(pointsOf(topic, side, desk)) };
      points.set(key, made);
      return made;
    };
    const wish = (which: 'want' | 'add') => {
      const same = points.get('b')?.topic;
      const topic = same !== undefined && same[which].length > 0 ? same : topicFor('wish');
      return say(fresh(topic[which]));
    };
    last = undefined;
    const text = say(fresh<string>(frames[kind])).replace(
      /#([gbGBwaqo])(\d?)/g,
      (_, letter: string, number: string) => {
        last = undefined;
        if (letter === 'w') return wish('want');
        if (letter === 'a') return wish('add');
        if (letter === 'q') return say(fresh(topicFor('wish').ask));
        if (letter === 'o') return say(fresh(goal.got));
        const { point } = pointFor(letter.toLowerCase() + number);
        [last, lastSide] = [point, letter.toLowerCase() === 'g' ? 'good' : 'bad'];
        return say(fresh(letter === 'g' || letter === 'b' ? point.say : point.as));
      },
    );
    if (text.includes('\n')) last = undefined;
    return text;
  };

  const tale = random.chance((0.01 + 0.13 * verbosity ** 1.5) / (request.scene.migrated ? 3 : 1)) ? tell() : undefined;
  const kinds = request.scene.migrated && mood !== 'glad' && random.chance(0.7) ? shapes.annoyed : shapes[mood];
  const kind = random.weighted(Object.keys(kinds) as FrameKind[], (each) => kinds[each] ?? 0);
  let core = tale ?? fill(kind);
  if (tale === undefined) {
    if (kind === 'outcome') told.add('outcome');
    if (/wish|add/i.test(kind)) told.add('wish');
    if (opensWell(kind, core) && random.chance(0.16 + 0.14 * verbosity)) {
      const fitting = openers[mood].filter((opener) => request.manages || !opener.includes('<team>'));
      core = `${say(fresh<string>(fitting))} ${core}`;
    }
  }

  const parts = [core];
  const list = core.includes('\n');
  let further = list ? random.int(0, 1) : Math.floor(-Math.log(1 - random.next()) * (0.25 + 3.4 * verbosity ** 1.6));
  if (!list && random.chance((mood === 'angry' ? 0.3 : 0.12) * verbosity ** 2)) further += random.int(6, 16);
  if (kind === 'ask' && tale === undefined) further = Math.min(further, 1);
  let length = core.length;
  while (further-- > 0 && length < 1050) {
    const next = goOn();
    if (next === undefined) continue;
    parts.push(next);
    length += next.length;
  }

  if (random.chance(0.09 + 0.08 * verbosity)) {
    const signOff = fresh<string>(signOffs[mood]);
    if (slots.me !== '' || !signOff.includes('<me>')) parts.push(say(signOff));
  }
  return { text: joined(parts, desk), short: false };

  /** A tale of the mood about something the writer would bring up. */
  function tell(): string | undefined {
    const fitting = tales.filter(
      ({ moods, only, topic }) =>
        moods.includes(mood) && !used.has(topic) && (!only || !request.session || only === request.session),
    );
    const weight = ({ topic, side }: (typeof fitting)[number]) => Math.sqrt(request.weigh(topic, side));
    if (!fitting.some((each) => weight(each) > 0)) return undefined;
    const chosen = random.weighted(fitting, weight);
    used.add(chosen.topic);
    return say(chosen.text);
  }

  function goOn(): string | undefined {
    const choices = continuations[mood];
    const next = random.weighted(Object.keys(choices) as (keyof typeof choices)[], (each) =>
      each === 'more' && last === undefined ? 0 : (choices[each] ?? 0),
    );
    if (next === 'more' && last !== undefined) {
      const unsaid = last.more.filter((pattern) => !told.has(pattern));
      if (unsaid.length === 0) return undefined;
      const more = fresh(unsaid);
      told.add(more);
      return say(more);
    }
    if (next === 'complaint' || next === 'praise') {
      if (used.size > 9) return undefined;
      const side = next === 'complaint' ? 'bad' : 'good';
      const turned = lastSide !== undefined && lastSide !== side;
      const link = say(fresh<string>(turned ? turns[side] : links[side]));
      if (link !== '' && !first(link)) return undefined;
      const clause = fill(next);
      return link === '' ? clause : `${link} ${clause}`;
    }
    if (next === 'outcome') return first('outcome') ? fill('outcome') : undefined;
    if (next === 'wish') return first('wish') ? fill(random.pick(['wish', 'add'])) : undefined;
    last = undefined;
    return first('aside') ? say(fresh<string>(asides[mood])) : undefined;
  }
}

function fits(topic: Topic, { request }: Desk): boolean {
  return topic.only === undefined || request.session === undefined || topic.only === request.session;
}

function pointsOf(topic: Topic, side: 'bad' | 'good', { request, random }: Desk): readonly Point[] {
  const { migrated, released, guided } = request.scene;
  if (topic.id === 'performance' && side === 'bad' && migrated && random.chance(0.75)) return slowSinceMigration;
  if (topic.id === 'notifications' && side === 'good' && released && random.chance(0.8)) return remindersFixed;
  if (topic.id === 'checkins' && side === 'good' && guided) return guidedCheckin;
  return topic[side];
}

/** One to three of the promoter's texts. */
function speakFor({ request, random, fresh }: Desk): string {
  const { verbosity, slots } = request;
  const texts = new Set<string>();
  const wanted = 1 + (random.chance(verbosity) ? 1 : 0) + (random.chance(verbosity / 3) ? 1 : 0);
  while (texts.size < wanted) texts.add(fresh(promoterTexts));
  const said = [...texts].map((text) => expand(text, random, { ...slots, goal: fresh(promoterGoals) }));
  return said.join(random.chance(0.3) ? '\n\n' : ' ');
}

function opensWell(kind: FrameKind, core: string): boolean {
  const clauses: readonly FrameKind[] = [
    'praise',
    'twoPraises',
    'complaint',
    'twoComplaints',
    'outcome',
    'complaintWish',
    'praiseWish',
  ];
  return clauses.includes(kind) && !core.includes('\n') && !/^(?:\W|\d[.)]|[^.]{0,30}:)/.test(core);
}

/** Sentences as one text; a long one sometimes in paragraphs. */
function joined(parts: readonly string[], { random }: Desk): string {
  const sentences = parts.map((part) => (/[.!?…]["”]?$|,$/.test(part) ? part : `${part}.`));
  if (sentences[0]!.includes('\n')) sentences[0] = parts[0]!;
  const breakAt = sentences.length > 3 && random.chance(0.3) ? random.int(1, sentences.length - 1) : -1;
  const flat = !parts[0]!.includes('\n');
  return sentences.reduce(
    (text, sentence, i) => text + (i === 1 && !flat ? '\n' : i === breakAt ? '\n\n' : ' ') + sentence,
  );
}
