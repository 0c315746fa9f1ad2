import type { Point } from '../types.ts';

/** Clauses that people say only during one of the stories (STORIES.md). */

/** Tidewell's pages are slow since its data moved. */
export const slowSinceMigration: readonly Point[] = [
  {
    say: [
      'since {the migration|we were moved to the new servers|the move} {everything|every page|the whole app} {is slow|is painfully slow|crawls}',
      '{before|until} {the migration|the move} it opened in a second, now it takes {20|25|30|40} seconds',
      "ever since {the migration weekend|last month's migration} the {session page|dashboard|goal list} {loads like molasses|barely loads|times out}",
      '{sync|syncing} {takes forever|takes minutes|is slow as hell} since {we were migrated|the migration}',
      'the page {just hangs|loads for ages} {when I save|when I open a session|on every step}, {that|it} started with the migration',
      'slow, slow, slow{. Since the migration I wait more than I work| since the migration}',
      'loading my notes {took|takes} {nearly a minute|45 seconds|over half a minute} {today|this week|now}, it used to be instant',
    ],
    more: [
      'our whole {depot|dispatch team|night shift} {has the same problem|complains about it}',
      'IT checked our side, the network is fine',
      "I had to cancel a session because the page didn't load in time",
      "{it was a good tool|I used to love this}, but {nobody waits that long|like this I can't use it on shift}",
      'whatever you changed, {please change it back|it made things worse}',
      'we have a {six|ten} minute break, {three|four} of them go on the loading screen',
      'it gets even slower around {6 am|2 pm}, when the shifts change',
      '{you promised|we were promised} it would be faster afterwards',
    ],
    as: [
      'slow pages since the migration',
      'how slow it has become after the migration',
      'the slow sync',
      'page loads of {30|40} seconds',
      'the loading times',
    ],
  },
];

/** Reminders work everywhere after the release. */
export const remindersFixed: readonly Point[] = [
  {
    say: [
      'reminders {finally|now} {arrive on time|come when they should}{, thank you| since the update|, on every device|}',
      '{since the update|with the last update|since the new release} the {reminders|notifications} {are spot on|just work|come exactly when I need them}',
      'I can {finally|now} {choose|set} {when|at what time} I get {reminders|notified}, {brilliant|perfect|exactly what I asked for}',
      "{one|a single} reminder, at the right time, {that's it|no more flood}. {Perfect|Great|Well done}",
      'the new {quiet hours are|notification settings are|snooze button is} {great|so good|just what I needed}',
      'whoever fixed the {reminders|notifications}: {thank you|you made my week|well done}',
      "I haven't missed a {single |}session since the reminders were fixed",
    ],
    more: [
      'I had given up on them, so {thanks for listening|this is a nice surprise}',
      "you listened, that doesn't happen often",
      "I could delete the alarm I'd set as a workaround",
      'no more pings at night, my {wife|husband|partner} says thanks too',
      'ten minutes before, on the phone only, exactly how I like it',
    ],
    as: [
      'reminders that arrive on time',
      'the new notification settings',
      'quiet hours for notifications',
      'the reminders since the update',
    ],
  },
];

/** Said by those who see the guided check-in of the experiment. */
export const guidedCheckin: readonly Point[] = [
  {
    say: [
      'the {guided check-in|check-in with the guiding questions} is {so much easier|a big improvement|really easy to follow}',
      'I like that the check-in {leads|takes} me {through it|from question to question} {instead of showing a blank page|now}',
      'the {suggestions|example answers|small prompts} in the check-in {get me started|help a lot}',
      '{two|three} short questions and the check-in is done, {love it|great|easy}',
    ],
    more: ['I used to skip it', 'takes me a minute on the way to work', 'no more staring at an empty box'],
    as: ['the guided check-in', 'the prompts in the check-in'],
  },
];

/** Topics of coaching for Lumen's power user. */
export const promoterGoals: readonly string[] = [
  'delegating more',
  'saying no',
  'giving feedback',
  'a conflict between two mentors',
  "next year's budget",
  'patience with my team',
  'running better one-to-ones',
  'handing over my role',
];

/** Her texts, whole. */
export const promoterTexts: readonly string[] = [
  "{I have run|In my time I've run} leadership programmes for <years> years and this is the first tool people still open in month three. {What does it|The reason}: one question at a time, and a plan at the end that they wrote themselves.",
  "<coach> asked me what I would do if I were not afraid of the answer. I went quiet for a full minute, then wrote the plan in five. {That one question was worth the whole term|I've used the same question with my own team since}.",
  '{Four|Five|Six} of my {team leads|heads of year|mentors} now start their own one-to-ones with goal, reality, options, will. Nobody told them to. {They simply saw that it works|It spread by itself}.',
  '{Used it|I used it} to prepare for {a hard conversation about workload|the talk with a colleague who was about to resign|our budget round}. {Came out of it with three options instead of one, and we took the third|The options step gave me the sentence I needed}. {She stayed|It went better than I dared to hope}.',
  'If you ever need a reference, {call me|I\'m happy to give one}. We went from "another app" to people asking when their next session is, {in a single term|within eight weeks}.',
  "Our {staff|exit} survey has one new line this year: people mention {coaching|these sessions} as a reason to stay. I can't prove cause and effect, but {I know what I see in the corridors|nothing else changed}.",
  "Small and beautiful: {my actions from last time are there when I open the next session|I can read what I wrote in week one next to today}. {You see how far you've come|It keeps me honest} without anybody policing it.",
  "What I value most is the {reality|options} step. I tend to jump to solutions, and {it makes me stay with the facts a little longer|it won't let me}. {My team has noticed|Today that saved me from a costly mistake}.",
  'Another {excellent|very good|strong} session. We worked on <goal>, and I leave with two steps I will {actually take|have done by <weekday>}. The pace was right, the questions were better than mine.',
  "I recommended it to {two other schools|our partner college|the regional network} this week. {Not because of the features|The features are fine, but that's not why}: because {people come out of it kinder and clearer|it changes how people talk to each other}.",
  "{Ten|Twelve|Fifteen} minutes with the {self-guided flow|app} before breakfast, and <goal> is no longer the thing I push ahead of me. {Remarkable value|I'd happily pay for it myself}.",
  "We compared {three|four} coaching products last year. Yours was not the one with the longest feature list, it was the one where people finished the session. {Still true today|I'd choose it again}.",
  "Today's session on <goal> was quiet and very good. <coach> let me think. I {had an answer by the end|left with one clear decision}, and it was mine.",
  "{A colleague|One of our new mentors} told me she had her first honest talk with her head of department after {three|two} sessions here. {That's what I hoped for when we signed|Stories like that are why we renewed}.",
  'Quiet praise for a detail: {it never congratulates me for nothing|there are no badges and no confetti}. When it says I moved forward, I did. {My mentors, allergic to flattery, noticed too|Please keep it that way}.',
  '{Ran|I ran} a {half-day|two hour} workshop on the four steps for our {new mentors|administrative staff}. {Fourteen|Eleven} people, {one|not a single} sceptic left at the end. {They practised on real problems and two were solved before coffee|I used your worksheets almost unchanged}.',
  "{<weekday> morning|End of a long week}, little energy, and I nearly cancelled. I'm glad I didn't: <coach> {asked me what I'd stop doing|let me complain for exactly two minutes}, and <goal> turned into {a single sentence|one thing I can do tomorrow}.",
  '{I looked back through|Just read} my notes of the last {two months|ten sessions}. Goals reached: {four|three} of {five|six}. The {one|rest} I dropped on purpose, which is a result as well. {No other tool has shown me that so plainly|I find that remarkable}.',
  'For the record, since you only hear from people when something breaks: {nothing broke|it all worked}, {the session started on time|the page was there before I was}, and I learned something about <goal> that I {had missed|will use on <weekday>}.',
  'What convinces {our finance people|the governors} is the cost. What convinces me is {the silence in the room when somebody finds their own answer|that nobody needs to be reminded to book the next one}.',
  "A {short|very focused} one today, and all the better for it. Goal in two minutes, most of the time on reality, {three|two} options, one decision. {This is how I'd like every meeting to be|That rhythm suits me}.",
  "{We are|We're} writing up our first year for {the college magazine|other schools} and would {gladly|be happy to} have you in it. {Eight out of ten|More than three quarters} of our staff {still use it every month|have had at least four sessions}. {I know of nothing like it|That's a number I'm proud of}.",
];
