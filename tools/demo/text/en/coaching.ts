import type { Topic } from '../types.ts';

/** Topics about the coaching itself. */
export const coachingTopics: readonly Topic[] = [
  {
    id: 'coach',
    only: 'coach-led',
    bad: [
      {
        say: [
          '<coach> was {ten|fifteen} minutes late{ again|} and {unprepared|had not read my notes}',
          '<coach> {talked|spoke} more than I did',
          'I felt {rushed|judged|like a number on a list} this time',
          '<coach> {kept giving advice|told me what to do} instead of asking {questions|what I want}',
          'we {spent|wasted} {half the session|twenty minutes} going over {what we did last time|things already in my notes}',
        ],
        more: [
          "I'm sure <he> can do the job, we just don't click",
          "I'd like to try someone else but don't want to hurt <him>",
          'the notes are there to be read',
        ],
        as: ["a coach who doesn't listen", 'starting from zero every session', 'the mismatch with my coach'],
      },
      {
        say: [
          "I've had {three|four} {different coaches|coaches} in {two|three} months",
          'there was {no choice|no say} in who {my coach is|coaches me}',
        ],
        more: ['every change means telling the whole story again'],
        as: ['changing coaches all the time', 'having no choice of coach'],
      },
    ],
    good: [
      {
        say: [
          '<coach> {really listens|listens like nobody else|asks the right question at the right time}',
          "<coach> {saw|spotted} {a pattern|something} in {ten minutes|one session} that {I'd missed for years|my boss never mentioned}",
          '{one|a single} question from <coach> {changed|turned around} {how I see my job|the whole week}',
          'I always leave a session with <coach> {lighter|calmer|with a plan}',
          "<coach> {remembered|remembers} {every detail|what I said weeks ago}, {that's rare|it means a lot}",
          '<coach> {pushed|challenged} me {without being pushy|in a kind way|and I needed that}',
        ],
        more: [
          "please don't ever take <him> away from us",
          "I've had coaches before, none like <him>",
          'no jargon, no clichés, just good questions',
          "I {was close to|nearly} {quitting|giving up} {before|when we started}, and I'm still here",
        ],
        as: ['<coach>', 'how well <coach> listens', 'the questions <coach> asks', 'my sessions with <coach>'],
      },
    ],
    want: ['pick my own coach', 'send <coach> a short note before we meet', 'read a bit about the coaches first'],
    add: ['a way to thank a coach', 'coach profiles with a photo and a few honest lines'],
    ask: ['can I keep <coach> when I change teams', 'may I book an extra session with <coach>'],
  },
  {
    id: 'ai',
    only: 'self-guided',
    bad: [
      {
        say: [
          'the AI {repeats|parrots} {my own words back|what I just said} {and calls it a question|every time}',
          'the AI coach {forgets|forgot} {what I told it|my goal} {between sessions|five minutes later}',
          'the answers {are|feel} {generic|like a horoscope}, {could be for anyone|nothing to do with my situation}',
          'it {keeps|kept} asking "{How does that make you feel|What else}?" {even after I answered|over and over}',
          'the AI {agrees with everything|praises every idea}, {even the bad ones|which helps nobody}',
        ],
        more: [
          'a real coach would have {pushed back|noticed}',
          'I felt {silly|like I was} {talking to a form|talking to a wall}',
          'I typed nonsense to test it and was told it was "a great insight"',
        ],
        as: ['the generic AI answers', 'an AI that forgets what I said', 'hearing "what else?" for the tenth time'],
      },
    ],
    good: [
      {
        say: [
          'the AI {asks|asked} {surprisingly good questions|better questions than most people I know}',
          'I can {think out loud|vent} with the AI at {11 pm|six in the morning} {without bothering anyone|and nobody judges me}',
          "the AI {linked|connected} two things I'd said {weeks apart|in different sessions}, {I was stunned|spooky but good}",
        ],
        more: ['I was sceptical, I admit', "between real sessions it's a good bridge"],
        as: ['the AI questions', 'having the AI at any hour'],
      },
    ],
    want: [
      'correct the AI when it misunderstands me',
      'switch from the AI to a real coach',
      'turn off the AI summaries',
    ],
    add: ['a memory for the AI', 'a stricter AI that pushes back', 'a voice mode'],
    ask: ['is what I tell the AI used for training', 'which model is behind the AI coach'],
  },
  {
    id: 'goals',
    bad: [
      {
        say: [
          "{I'm forced|it forces me} to {set a date|give a number} for goals that {don't have one|can't be measured}",
          "{old goals|goals I've dropped} {clutter|fill} {my list|the page} and can't be archived",
          "I can't {split|break} a {big |}goal into smaller {steps|ones}",
          "the goal {wizard|wording} {turned|rewrote} {what I meant|my own words} into {corporate speak|something I'd never say}",
        ],
        more: [
          '"be a calmer parent" isn\'t a KPI',
          'so I make up a number and feel silly',
          'in the end I pick an easy one',
        ],
        as: ['goals that need a deadline', 'the cluttered goal list', 'the rigid goal form'],
      },
    ],
    good: [
      {
        say: [
          'for the first time I have a goal I {believe in|can explain in one sentence}',
          '{writing|putting} {the goal|it} {down|into one line} {made|makes} it {real|harder to wriggle out of}',
          'the goal step {forced|got} me to {be honest|drop three goals and keep one}',
        ],
        more: ["it's on a sticky note on my screen now", 'I used to have twelve goals and no progress'],
        as: ['the goal step', 'having one clear goal', 'seeing my goal every day'],
      },
    ],
    want: ['archive old goals', 'split a goal into steps', 'share a goal with my manager, but not my notes'],
    add: ['goals without a deadline', 'sub-goals', 'shared goals for a team'],
    ask: ['how many goals should I have at once', 'can I change a goal halfway'],
  },
  {
    id: 'method',
    bad: [
      {
        say: [
          'the {reality|options} step {drags on|goes on forever}, I {just want to|only want to} get to {a plan|the will part}',
          "GROW {feels|is} {rigid|mechanical} {when life is messy|once you've done it ten times}",
          "I {never|can't} come up with more than {one option|two options} and the app {just|} {waits|asks for a third}",
          "it goes from {goal to will|options to will} so fast that {I commit to things I don't mean|nothing sinks in}",
        ],
        more: [
          'not every problem fits four boxes',
          "sometimes the reality IS the problem and I'd like to stay there a while",
          'it starts to feel like filling in a form',
        ],
        as: ['the rigid four steps', 'the endless reality questions', 'being rushed through the options'],
      },
    ],
    good: [
      {
        say: [
          '{goal, reality, options, will|the four steps}: {simple|so simple}, and I {now use it|use it} {in meetings|with my team|at home with my kids}',
          'the {options|reality} step {opened my eyes|is where it clicks for me|gets me unstuck}',
          'GROW {gives|gave} me {a way to think|some structure} when {my head is full|everything feels urgent}',
          'the "will" question {gets me every time|is the one that changes things}',
        ],
        more: [
          'I came with one option and left with {five|six}',
          'I never knew how much I skip the reality part',
          "it sounds like a formula but it isn't",
        ],
        as: ['the GROW structure', 'the options step', 'the four steps'],
      },
    ],
    want: ['stay longer in one step', 'jump back to reality when something changes', "skip a step I've already done"],
    add: ['prompts for when I run out of options', 'other methods besides GROW'],
    ask: ['can I go back to "reality" once I\'m in "will"', 'are there other methods than GROW'],
  },
  {
    id: 'actions',
    bad: [
      {
        say: [
          'my {actions|action items} {vanish|disappear|are nowhere to be seen} once the session {is over|ends}',
          '{nobody|nothing} {follows up on|asks about} what I {promised|committed to}',
          "I can't {tick off|edit|reorder} {actions|an action} {without opening the whole session|after the session}",
        ],
        more: ['so I forget them, of course', 'then what was the session for?'],
        as: ['action items that disappear', 'the lack of follow-up'],
      },
    ],
    good: [
      {
        say: [
          'I {leave|walk away} with {two|one or two} {concrete actions|next steps} {every time|and I do them}',
          '{ticking off|checking off} {my actions|an action} is {oddly satisfying|the best part of my Friday}',
        ],
        more: ['not ten, not a plan for a year, just the next thing', 'my manager has noticed the difference'],
        as: ['the concrete next steps', 'the action list'],
      },
    ],
    want: [
      'tick off actions from the home screen',
      'carry an open action over to the next session',
      'set a date for an action',
    ],
    add: ['a list of all open actions', 'a follow-up question after a week'],
    ask: ['where do my actions go after the session', "can my coach see which actions I've done"],
  },
];
