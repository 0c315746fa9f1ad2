import type { Topic } from '../types.ts';

/** Topics about when things happen: reminders, calendar, booking, check-ins, other tools. */
export const rhythmTopics: readonly Topic[] = [
  {
    id: 'notifications',
    bad: [
      {
        say: [
          '{reminders|the reminders|notifications} {arrive|come} {an hour late|after the session has started|in the middle of the night}',
          'I {missed|have missed} {two|three} sessions because {the reminder never came|no reminder was sent}',
          "{push notifications|notifications} {stopped working|don't work|are dead} on <phone>",
          "the reminder {for|about} my {9|8|10} o'clock session {came|arrived} at {11|noon|3 am}",
          '{no|not one} reminder {reached me|got through} {this week|all week}, not by mail and not on the phone',
        ],
        more: [
          "yes, {they're|notifications are} switched on, I checked {twice|everything}",
          'my coach sat there waiting for {ten|fifteen} minutes, {embarrassing|really embarrassing}',
          "I've set an alarm on my phone instead, which rather defeats the point",
          'a late reminder is worse than none',
        ],
        as: ['reminders that come too late', 'the missing reminders', 'notifications that never arrive'],
      },
      {
        say: [
          "I get {five|six|four} notifications {a day|for one session} and {can't turn them off|the settings do nothing}",
          'the same reminder {comes|arrives} {three times|twice}: mail, push and {<chat>|text message}',
          'turning off {the emails|notifications} {in settings|} {has no effect|turns them back on the next day}',
          '"You haven\'t checked in today!" {at 6 am|on a Sunday} is {not helpful|just nagging|rude}',
        ],
        more: [
          'now I ignore all of them, {including|even} the useful ones',
          'it {feels|is} like being chased by {a dating app|my bank}',
          'one a week is plenty for {me|most people}',
        ],
        as: ['the flood of notifications', 'duplicate reminders', 'the nagging push messages'],
      },
    ],
    good: [
      {
        say: [
          'the {weekly|evening|gentle} reminder is {just enough of a nudge|what keeps me going}',
          'reminders {come|arrive} {exactly|right} when I need them',
        ],
        more: ["without it I'd have dropped out after two weeks"],
        as: ['the weekly reminder', 'the gentle reminders'],
      },
    ],
    want: ['choose the time of my reminders', 'snooze a reminder until after lunch', 'mute notifications at weekends'],
    add: ['quiet hours for notifications', 'a single switch for all notifications', 'a snooze button on reminders'],
    ask: ['how do I turn off the {emails|push notifications}', 'why do I get each reminder twice'],
  },
  {
    id: 'calendar',
    bad: [
      {
        say: [
          "{sessions|my sessions} {don't show up|never appear} in <cal>{, so I get double booked|}",
          'the calendar sync {breaks|broke} {every time I move a session|after {a week|daylight saving}|again}',
          'it books {over|right into} {my lunch|meetings that are in <cal>|my holidays}',
          '{moved|cancelled} sessions {stay|hang around} in <cal> {forever|as ghosts}',
          "the {invite|invitation} {is in the wrong time zone|says 2 pm when it's 3 pm}{, every time|}",
        ],
        more: [
          'I enter everything by hand now',
          "I've been double booked {twice|three times} {this month|already}",
          "without {a calendar that works|proper sync} it won't fly in our company",
        ],
        as: ['the calendar sync', 'double bookings', 'the missing <cal> sync'],
      },
    ],
    good: [
      {
        say: [
          '{it|the calendar sync} {found|finds} a free slot in <cal> {by itself|without any back and forth}',
          'my sessions are in <cal> {before I close the tab|straight away}',
        ],
        more: ['saves me three mails per session'],
        as: ['the calendar sync', 'booking straight from <cal>'],
      },
    ],
    want: ['see my sessions in <cal>', 'block time for preparation before a session', 'move a session by dragging it'],
    add: ['{two-way |}sync with <cal>', 'a buffer between meetings and sessions'],
    ask: ['does it {work|sync} with <cal>', 'when is calendar sync coming'],
  },
  {
    id: 'sessions',
    bad: [
      {
        say: [
          '{30|25} minutes {is|are} {too short|not enough}, we {stop|always stop} just when {it gets interesting|it starts to matter}',
          '{an hour|60 minutes} is {too long|hard to fit in} {between shifts|on a normal working day}',
          'there {are|were} no free slots {before the 20th|for three weeks|in the evening}',
          'my session was {cancelled|moved} {an hour before|the same morning}{ for the second time|}',
          "I {can't|couldn't} {reschedule|move} a session {myself|without writing to someone}",
        ],
        more: [
          'the next {one|slot} is in {two|three} weeks, by then the topic is cold',
          "I can't be the only one working shifts",
        ],
        as: ['sessions that end too early', 'the lack of free slots', 'last minute cancellations'],
      },
    ],
    good: [
      {
        say: [
          '{30|40|45} minutes is {the perfect length|just right}, {focused|no time to waffle}',
          'I can book {a slot the same week|a session at 7 in the morning}, which {fits my shifts|no coach ever offered me}',
          'moving a session {took ten seconds|was no drama at all}',
        ],
        more: ['fits into my lunch break'],
        as: ['the short sessions', 'the flexible booking'],
      },
    ],
    want: [
      'book sessions in the evening',
      'extend a session by ten minutes',
      'rebook with one tap when I have to cancel',
    ],
    add: ['a 15 minute format', 'evening slots', 'a waiting list for cancelled slots'],
    ask: ['what happens to a session I cancel on the day', 'can I book two sessions in one week'],
  },
  {
    id: 'checkins',
    bad: [
      {
        say: [
          'the {daily|weekly} check-in is {just a blank box|an empty page}, I never know what to {write|say}',
          'the check-in asks the same {three|four} questions {every time|every day}, {so I give the same answers|I answer on autopilot}',
          "{check-ins take longer than they should|the check-in takes longer than the session}{, that can't be right|}",
        ],
        more: ['so I {close|skip} it', 'after {two weeks|a while} I stopped reading the questions'],
        as: ['the {blank|empty} check-in page', 'repetitive check-ins'],
      },
    ],
    good: [
      {
        say: [
          'the {two minute|daily|Friday} check-in {keeps me honest|has become a habit}',
          '{checking in|a check-in} {takes|costs me} {a minute|two minutes} and {sets up my day|tells me where my week went}',
        ],
        more: ['I do it with my first coffee'],
        as: ['the {short|daily} check-ins', 'the Friday check-in'],
      },
    ],
    want: ['check in by voice', 'skip a check-in without losing my streak', 'see my last five check-ins side by side'],
    add: ['a few example answers in the check-in', 'a weekly check-in instead of a daily one'],
    ask: ['does anyone read the check-ins', 'can I change the check-in questions'],
  },
  {
    id: 'integrations',
    bad: [
      {
        say: [
          'the <chat> integration {disconnects|drops out} {every few days|whenever I change my password}',
          'the <chat> bot {posts|posted} {my goal|a session note} in {a public channel|the wrong channel}, {not okay|I nearly died}',
          'nothing {connects|talks} to {<chat>|our HR system|the tools we already use}',
        ],
        more: ['one more tab that nobody opens', 'reconnecting takes an admin, every time'],
        as: ['the <chat> integration', 'one more tool that connects to nothing'],
      },
    ],
    good: [
      {
        say: [
          "having it {in|inside} <chat> means I {actually use it|don't forget}",
          'the <chat> integration {took two minutes|was set up before my tea was ready}',
        ],
        more: ["that's where we live all day anyway"],
        as: ['the <chat> integration'],
      },
    ],
    want: [
      'start a session from <chat>',

      'send action items to {Jira|Trello|my to-do list}',
    ],
    add: ['{an API|webhooks}', 'a <chat> app', '{a Zapier|a Notion} connection'],
    ask: ['is there an API', 'does it work with {<chat>|Workday|Notion}'],
  },
];
