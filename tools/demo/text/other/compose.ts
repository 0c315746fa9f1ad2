import type { Desk, Side } from '../desk.ts';
import { expand } from '../expand.ts';
import type { Language } from '../types.ts';
import { japanese, polish, type WholeTexts } from './fewWords.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import type { LanguagePack } from './pack.ts';
import { portuguese } from './portuguese.ts';
import { spanish } from './spanish.ts';

const packs: Partial<Record<Language, LanguagePack>> = {
  de: german,
  fr: french,
  es: spanish,
  pt: portuguese,
};
const wholes: Partial<Record<Language, WholeTexts>> = { ja: japanese, pl: polish };

/** A text in the request's language, which is not English. */
export function composeOther(desk: Desk): { text: string; short: boolean } {
  const { language } = desk.request;
  const pack = packs[language];
  if (pack !== undefined) return composeFrom(pack, desk);
  const whole = wholes[language];
  if (whole === undefined) throw new Error(`No texts in ${language}`);
  return composeWhole(whole, desk);
}

function composeFrom(pack: LanguagePack, { request, random, fresh }: Desk): { text: string; short: boolean } {
  const { mood, slots, verbosity } = request;
  const pleased = mood === 'glad' || mood === 'content';
  const side = pleased ? 'pleased' : 'displeased';
  const say = (pattern: string) => expand(pattern, random, slots);
  if (random.chance(0.22 - 0.15 * verbosity))
    return { text: fresh(pack.shorts[mood === 'mixed' ? 'neutral' : side]), short: true };

  const used = new Set<string>();
  const topic = (about: Side) => {
    const fitting = pack.topics.filter(
      ({ id }) =>
        !used.has(id) &&
        !(id === 'coach' && request.session === 'self-guided') &&
        !(id === 'ai' && request.session === 'coach-led'),
    );
    const chosen = random.weighted(fitting, ({ id }) => request.weigh(id, about));
    used.add(chosen.id);
    return chosen;
  };
  const good = () => say(fresh(topic('good').good));
  const bad = () => say(fresh(topic('bad').bad));

  let core: string;
  const shape = random.next();
  if (mood === 'mixed' || (mood === 'content' && shape < 0.4) || (mood === 'annoyed' && shape < 0.2)) {
    core = say(fresh(pack.contrasts)).replace('#g', good).replace('#b', bad);
  } else if (shape > 0.95 - 0.35 * verbosity) {
    const clause = pleased ? good : bad;
    core = say(fresh(pack.pairs)).replace('#1', clause).replace('#2', clause);
  } else {
    core = pleased ? good() : bad();
  }
  if (random.chance(0.22) && !core.startsWith('-') && !core.includes(':'))
    core = `${say(fresh(pack.openers[side]))} ${core}`;

  const rest: string[] = [];
  const signOff: string[] = [];
  if (random.chance(mood === 'glad' ? 0.1 : 0.28)) rest.push(say(fresh(topic('wish').want)));
  if (mood !== 'mixed' && random.chance(0.15 + 0.3 * verbosity)) rest.push(say(fresh(pack.asides[side])));
  if (random.chance(0.14)) {
    const chosen = fresh(pack.signOffs);
    if (slots.me !== '' || !chosen.includes('<me>')) signOff.push(say(chosen));
  }
  return {
    text: [...[core, ...rest].map(closed), ...signOff].join(core.includes('\n') ? '\n' : ' '),
    short: false,
  };
}

function composeWhole(whole: WholeTexts, { request, random }: Desk): { text: string; short: boolean } {
  const pleased = request.mood === 'glad' || request.mood === 'content';
  const texts = new Set<string>();
  for (let left = random.chance(0.4) ? 2 : 1; left > 0; left--) {
    const choice = random.weighted(pleased ? whole.pleased : whole.displeased, ({ topic }) =>
      request.weigh(topic, pleased ? 'good' : 'bad'),
    );
    texts.add(choice.text);
  }
  const sentences = [...texts].map((text) => expand(text, random, request.slots));
  return { text: sentences.join(request.language === 'ja' ? '' : ' '), short: false };
}

function closed(sentence: string): string {
  return /[.!?…]$/.test(sentence) || sentence.startsWith('-') ? sentence : `${sentence}.`;
}
