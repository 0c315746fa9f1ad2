import { PhraseTable } from '../text/phraseTable.ts';
import { SENTENCE_GAP, type Tokens } from '../text/tokens.ts';

/** Min sum of a sentence's request phrases that makes it a request. */
export const REQUEST_THRESHOLD = 1;

/** Phrases of requests, each with its strength as a sign, 0 to 1. */
const requestPhrases = new PhraseTable([
  [
    1,
    `please add, please make, please allow, please fix, please provide, please include, please consider, please bring,
    please give, please let, please support, please enable, please implement, please change, please improve, please
    update, please remove, please create, please integrate, please do, please put, please also, please stop, please
    offer, please open, please extend, please keep, would be nice, would be great, would be good, would be helpful, would
    be useful, would be awesome, would be cool, would be better, would be ideal, would be handy, would be amazing, would
    be wonderful, would be perfect, would be fantastic, would be lovely, would be very, would be really, would be so,
    would be even, would be a great, would be a good, would be a nice, would be appreciated, would be much, be nice if,
    be nice to, be great if, be great to, be good if, be cool if, be helpful if, be useful if, nice to have, i wish, we
    wish, wish there, wish it, wish you, wish the, wish i could, would like to, i'd like to, we'd like to, would like a,
    would like an, i'd like a, would love to see, would love to have, would love a, would love an, would love if, i'd
    love to see, i'd love to have, i'd love a, love to see, like to see, want to see, hope to see, should allow, should
    support, should provide, should add, should include, should offer, should have a, should have an, should be able,
    should be possible, should be a, should be an, should be more, should let, should make, should give, should also,
    there should, there needs, needs to be, need to be able, need a way, need an option, needs a way, need the ability,
    needs an option, could you, can you please, can you add, can you make, can we have, can we get, could we, could there
    be, why not add, why not make, why not allow, why can't we, feature request, my suggestion, i suggest, we suggest,
    suggest that, suggest to, suggest adding, i propose, i'd suggest, i would suggest, would suggest, i request, i'd
    recommend adding, ability to, the option to, an option to, option for, a way to, let us, allow us, allow developers,
    allow users, allow apps, allow me, let me, let developers, let users, it would help, want to be able, like to be
    able, how about adding, how about, give us, give me, give developers, give users, add support, adding support, if you
    could, if you would, if we could, if i could, if only, if there was, if there were, feature i want, need support for,
    we need, you should, you need to, they should add, microsoft should, consider adding, looking forward to seeing, must
    support, must have, idea is to, it should`,
  ],
  [
    0.6,
    `please, pls, plz, should, i want, we want, want to, be able to, support for, would make, would be, i need, need to,
    needs to, needs a, needs more, need more, need a, why not, why can't, request, requesting, hopefully, i hope, hope you, would help, would allow, would
    enable, instead of, must be, missing, suggestion, suggestions, more options, an option, better if, so that, in addition, allow, enable, at
    least, rather than, can we, can you, consider, ideally, as well as`,
  ],
  [0.3, 'would, could, need, want, provide, implement, feature, option, add, more, if, support, extend, integrate'],
]);

/** Verbs that begin an imperative. */
const imperatives = new PhraseTable([
  [
    1,
    `add, allow, make, provide, support, enable, give, let, fix, bring, include, implement, improve, change, remove,
    integrate, introduce, create, extend, expose, update, put, show, consider, offer, increase, reduce, open, replace,
    expand, simplify, automate, unify, merge, move, rename, separate, publish, release, ship, port, simplify, hide,
    restore, revert, enhance, optimize, optimise, adopt, ensure, stop, speed, customize, redesign, release, upgrade`,
  ],
  [0.5, 'have, use, keep, get, build, need, more, better, ability, support, option'],
]);

/** Words before an imperative. */
const imperativePrefixes = new PhraseTable([
  [1, 'please, pls, plz, also, and, maybe, perhaps, just, or, so, then, kindly, finally, now, always, at least'],
]);

/** Phrases of problems, each with its strength as a sign, 0 to 1. */
const problemPhrases = new PhraseTable([
  [
    1,
    `crash, crashes, crashed, crashing, bug, bugs, buggy, error, errors, broken, breaks, glitch, glitches, glitchy, fails,
    failed, failing, failure, freezes, freezing, froze, frozen, hangs, doesn't work, does not work, didn't work, did not
    work, don't work, isn't working, is not working, not working, stopped working, won't open, won't load, won't let,
    won't start, can't open, can't log, cannot log, can't login, cannot login, can't sign, unable to, not able to, can't
    even, no longer works, doesn't load, won't connect, doesn't sync, lost my, lost all, locked out, kicks me, logs me
    out, times out, timed out, timeout, unusable, keeps crashing, keeps saying, goes down, went down, is down, outage,
    too slow, very slow, so slow, really slow, takes forever, took forever, laggy, lags, lagging, drains, overheats,
    charged twice, charged me, can't access, cannot access, can't find, cannot find, can't use, cannot use, corrupted,
    problem with, problems with, issue with, issues with, having trouble, disconnects, doesn't show, doesn't open, does
    not open, does not load, disappeared, disappears, data loss, malfunction, defective, blank screen, black screen,
    stopped responding, unresponsive, not responding, wrong, takes ages, took ages, takes too long, took too long, taking
    too long, takes so long, takes a long, took a long, gets stuck, got stuck, stuck on, stuck at, keeps asking, keeps
    logging, keeps losing, keeps closing, keeps stopping, keeps failing, keeps freezing, keeps disconnecting, keeps
    loading, logs out, logged out, signs me out, signed me out, kicked out, kicks out, won't save, won't sync, won't send,
    won't play, won't update, won't work, will not open, will not load, will not start, will not work, can't save, can't
    send, can't load, can't see, can't get, can't reset, cannot save, cannot send, cannot load, cannot see, cannot get,
    cannot reset, cannot sign, couldn't log, couldn't open, doesn't save, doesn't update, doesn't respond, doesn't let,
    doesn't start, does not save, does not update, does not respond, does not sync, does not start, never loads, never
    works, never worked, never opens, never arrives, never arrived, never saves, nothing happens, nothing works, hangs up,
    freezes up, shuts down, shut down, closes itself, slow to, crawls, stutters, hard to find, hard to use, hard to
    read, hard to see, hard to tell, difficult to find, difficult to use, impossible to, waste of, no response, no answer,
    have to restart, had to restart, have to reload, had to reload, have to reinstall, had to reinstall, loading forever,
    loads forever, spins forever, error message, error messages`,
  ],
  [
    0.5,
    `problem, problems, issue, issues, slow, slower, slowly, sluggish, annoying, confusing, cannot, can’t, trouble, stuck,
    missing, difficult, clunky, cluttered, cumbersome, complicated, unreliable, unstable, outdated, inaccurate, incorrect,
    forever, lost, loses, delay, delays, delayed, too many, too much, too small, too big, too long, too short, too hard,
    too difficult, too complicated, too expensive, too slowly, too confusing, too often, so many steps, so many clicks`,
  ],
]);

/** Phrases of praise without a word of feeling: something is as it should be. */
const praisePhrases = new PhraseTable([
  [
    1,
    `just works, just work, works well, work well, works fine, work fine, works perfectly, works flawlessly, works
    smoothly, works again, works now, works reliably, work as expected, works as expected, as advertised, as promised, on
    time, right away, in no time, in seconds, within seconds, within minutes, no problems, no issues, no complaints, no
    trouble, no bugs, no lag, no crashes, no fuss, no hassle, without a hitch, without problems, without issues, without
    any problems, without any issues, never crashes, never crashed, never fails, never failed, never disappoints, never
    had a problem, never had an issue, spot on, does the job, did the job, gets the job done, does its job, exactly what i,
    exactly what we, exactly when i, exactly when we, just what i, just what we, just when i, just right, just enough, all
    i need, all i needed, everything i need, everything i needed, what i needed, can't live without, couldn't be easier,
    couldn't be happier, couldn't ask for, keeps me going, keeps me on, keeps me focused, saves me, saved me, saves us,
    saves time, saves a lot, saved a lot, finally fixed, finally works, finally work, can finally, i can now, we can now,
    got fixed, whoever fixed, whoever built, whoever made, whoever designed, life saver, game changer, time saver, no
    longer crashes, no more crashes, no more lag, fewer crashes, runs smoothly, run smoothly, runs well, loads fast, loads
    quickly, opens quickly, peace of mind`,
  ],
]);

/** Phrases that begin a question. */
const questionPhrases = new PhraseTable([
  [
    1,
    `how do i, how can i, how do you, how do we, how can we, how to, how would i, how does, where can i, where do i, where
    is, is there a way, is there any way, is there a, is there any, is it possible, what is, what are, what does, what
    happens, when will, when can, who can, why does, why do, why is, why are, which, does it, do you, does anyone, does
    anybody, has anyone, anyone know, can i, can someone, can anyone, am i, are there, what's the, where are, do i`,
  ],
]);

/** Strength of a text as a request, a problem report and a question: sums of phrase strengths, 0 and up. */
export interface IntentSignals {
  /** sum over the sentence with the largest one */
  request: number;
  /** sum over the whole text, without negated signs */
  problem: number;
  /** 1 for each sentence with a question mark, 0.5 for each that only begins like a question */
  question: number;
}

/**
 * Reads the intent of tokens from…to−1, which need their negation. Fills `inRequest`, `problemSign` and `praiseSign` of
 * the tokens.
 */
export function readIntent(tokens: Tokens, from: number, to: number): IntentSignals {
  const { gap, questionMarks, inRequest, problemSign, praiseSign, negated } = tokens;
  const signals = { request: 0, problem: 0, question: 0 };
  let start = from;
  for (let end = from + 1; end <= to; end++) {
    if (end < to && gap[end] !== SENTENCE_GAP) continue;
    const hasQuestionMark = questionMarks[end - 1]! > 0;
    const request = requestStrength(tokens, start, end);
    if (request > signals.request) signals.request = request;
    if (hasQuestionMark || questionPhrases.valueAt(tokens, start, end) > 0)
      signals.question += hasQuestionMark ? 1 : 0.5;
    inRequest.fill(request >= REQUEST_THRESHOLD ? 1 : 0, start, end);
    for (let index = start; index < end; index++) {
      problemSign[index] = problemPhrases.valueAt(tokens, index, end);
      praiseSign[index] = praisePhrases.valueAt(tokens, index, end);
      if (!negated[index]) signals.problem += problemSign[index]!;
    }
    start = end;
  }
  return signals;
}

function requestStrength(tokens: Tokens, start: number, end: number): number {
  let first = start;
  while (first < end - 1 && first < start + 3 && imperativePrefixes.valueAt(tokens, first, end) > 0) first++;
  let sum = end - first > 1 ? imperatives.valueAt(tokens, first, end) : 0;
  for (let index = start; index < end; index++) sum += requestPhrases.valueAt(tokens, index, end);
  return sum;
}
