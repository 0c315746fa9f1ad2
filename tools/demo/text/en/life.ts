/** Topics of coaching: `ing` follows "working on …"; `got` says what came of it. */
export const goals: readonly { ing: string; got: readonly string[] }[] = [
  {
    ing: 'delegating more',
    got: [
      'I handed over {two|three} projects and nothing fell apart',
      'my inbox is half as full and my deputy is twice as happy',
    ],
  },
  {
    ing: 'saying no',
    got: [
      'I turned down {a meeting|an extra project} for the first time in years',
      "I said no on {Monday|Tuesday} and the sky didn't fall",
    ],
  },
  {
    ing: 'speaking up in meetings',
    got: [
      'I spoke first in {the board meeting|our weekly} and people listened',
      "I've stopped rehearsing every sentence in my head",
    ],
  },
  {
    ing: 'my promotion talk',
    got: [
      'I got the promotion, {start next month|official since Friday}',
      'I walked in with {three|four} clear points instead of a wall of text',
    ],
  },
  {
    ing: 'giving feedback',
    got: [
      "the talk I'd put off for {two months|half a year} took {ten|fifteen} minutes",
      'two people thanked me for being straight with them',
    ],
  },
  {
    ing: 'working less at weekends',
    got: ['{three|four} free weekends in a row', 'I take Saturdays off now, and my kids noticed before I did'],
  },
  {
    ing: 'a career change',
    got: [
      "I've applied for {two|three} roles I wouldn't have dared to look at",
      'I know now that I want to stay, just not in this team',
    ],
  },
  {
    ing: 'my first team lead role',
    got: ["I stopped doing everybody's work myself", 'my team now brings me solutions and not just problems'],
  },
  {
    ing: 'sleeping properly again',
    got: ['I sleep through most nights now', 'no mail after eight, and it holds'],
  },
  {
    ing: 'conflict in the team',
    got: ['we had the conversation and both sides are still talking', 'the two of them had lunch together last week'],
  },
  {
    ing: 'time management',
    got: ['two mornings a week are blocked and I defend them', "I've dropped {five|six} recurring meetings"],
  },
  {
    ing: 'running better one-to-ones',
    got: [
      'my one-to-ones start with a question now instead of a status update',
      'people stopped cancelling their one-to-ones',
    ],
  },
  {
    ing: 'coming back after parental leave',
    got: [
      "I'm back at 80% without the guilty feeling",
      'I set the rules before my first day back, and they were accepted',
    ],
  },
  {
    ing: 'burnout prevention',
    got: ['I saw the warning signs in time and took a week off', "I'm not running on empty any more"],
  },
  {
    ing: 'public speaking',
    got: ['I gave a talk to {80|120|200} people and enjoyed most of it', 'my hands still shake, but I get on stage'],
  },
  {
    ing: 'my new role',
    got: ['I know what not to do in my first 100 days', "I've stopped comparing myself to the person before me"],
  },
  {
    ing: 'negotiating my salary',
    got: ['I asked for {8|10|12}% and got {6|7|9}', 'I asked for a raise, they said yes, I nearly fell off the chair'],
  },
  {
    ing: 'patience with my team',
    got: [
      'I count to five and ask a question instead of jumping in',
      "there's less shouting on my shift, mine included",
    ],
  },
  {
    ing: 'prioritising',
    got: ['I have one list with three things on it', 'I finish things now instead of starting new ones'],
  },
  {
    ing: 'self-doubt',
    got: [
      'I read my own notes before hard days, and it helps',
      'I sent the application I had in my drafts since {spring|summer}',
    ],
  },
  {
    ing: 'leading remotely',
    got: ['we have a rhythm now and fewer calls', 'I know again how my people are doing'],
  },
  {
    ing: 'changing shifts with less stress',
    got: [
      'I plan the week on Sunday and the night shifts hurt less',
      'handover takes {ten|fifteen} minutes and nobody is upset',
    ],
  },
  {
    ing: 'an honest talk with my boss',
    got: ['I told my boss and we changed my role', 'turns out my boss had no idea how I felt, and now we talk'],
  },
  {
    ing: 'finishing my thesis',
    got: ['{two|three} chapters are done', "I write every morning, even if it's only ten lines"],
  },
];

export const roles: readonly string[] = [
  'a team lead',
  'a nurse',
  'a shift supervisor',
  'someone in HR',
  'a new manager',
  'a teacher',
  'a developer',
  'a project manager',
  'a school head',
  'a warehouse lead',
  'a freelancer',
  'an accountant',
  'a store manager',
  'a part-timer',
  'a coach myself',
  'an engineer',
  'a sales manager',
  'an apprentice',
  'a department head',
  'a researcher',
];

export const teams: readonly string[] = [
  'our support team',
  'my team of eight',
  'our sales floor',
  'our ward',
  'our department',
  'the Leeds office',
  'our branch managers',
  'a team of twelve',
  'the night shift',
  'our trainees',
  'two schools',
  'the product team',
];

export const phones = {
  web: ['iPhone', 'Pixel', 'Galaxy', 'Android phone', 'work phone', 'old iPhone', 'Fairphone'],
  ios: ['iPhone', 'old iPhone', 'work iPhone', 'iPhone SE'],
  android: ['Pixel', 'Galaxy', 'Android phone', 'Fairphone', 'work phone'],
} as const;

export const devices: readonly string[] = [
  'my laptop',
  'my work laptop',
  'an iPad',
  'my old iPad',
  'a Chromebook',
  'my Mac',
  'the office PC',
  'a thin client',
];

export const browsers: readonly string[] = ['Chrome', 'Firefox', 'Safari', 'Edge'];

export const weekdays: readonly string[] = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];

export const coaches: readonly (readonly [name: string, he: string, him: string])[] = [
  ['Priya', 'she', 'her'],
  ['Daniel', 'he', 'him'],
  ['Amara', 'she', 'her'],
  ['Tom', 'he', 'him'],
  ['Lucía', 'she', 'her'],
  ['Joost', 'he', 'him'],
  ['Hannah', 'she', 'her'],
  ['Kwame', 'he', 'him'],
  ['Ingrid', 'she', 'her'],
  ['Marco', 'he', 'him'],
  ['Yuki', 'she', 'her'],
  ['Samuel', 'he', 'him'],
  ['Nadia', 'she', 'her'],
  ['Owen', 'he', 'him'],
  ['Beatriz', 'she', 'her'],
  ['Farid', 'he', 'him'],
  ['Claire', 'she', 'her'],
  ['Piotr', 'he', 'him'],
  ['Leila', 'she', 'her'],
  ['Greg', 'he', 'him'],
];
