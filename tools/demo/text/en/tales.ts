import type { Mood, SessionType, TopicId } from '../types.ts';

/** Something that happened, told in several sentences. Whole texts, which others may follow. */
export interface Tale {
  topic: TopicId;
  side: 'bad' | 'good';
  moods: readonly Mood[];
  only?: SessionType;
  text: string;
}

const upset: readonly Mood[] = ['angry', 'annoyed'];
const critical: readonly Mood[] = ['annoyed', 'mixed'];
const pleased: readonly Mood[] = ['glad', 'content'];

export const tales: readonly Tale[] = [
  {
    topic: 'performance',
    side: 'bad',
    moods: upset,
    text: "{picture this|true story}: {five|ten} minutes to go before {my shift|the next meeting}, {coffee in hand|door closed}, I open {the app|a session} and then... {nothing|the spinner}. I wait. I {reload|go back and try again}. {More spinner|Still nothing}. When the first question finally {shows up|appears}, {the next meeting is knocking at the door|my break is over}. {This was the third time this week|It's been like that since <weekday>}.",
  },
  {
    topic: 'performance',
    side: 'bad',
    moods: critical,
    text: "I've {tried|tested} {three|two} browsers, {home and office|wifi and cable} and {even a colleague's machine|two laptops}: {always|every time} {10|12|15} to {20|25} seconds per {page|step}. A session has about {15|20} steps, so do the maths. {I like the questions, I don't like the waiting|That's a lot of staring at nothing}.",
  },
  {
    topic: 'sync',
    side: 'bad',
    moods: upset,
    text: "I spent {half an hour|forty minutes} last night writing about {something I've never told anyone|why I want to leave my job}. Hit \"Save\", {saw the green tick|closed the laptop}, went to bed. {This morning|Today}: {an empty page|only the first two lines are there}. Support says they {can't restore it|see nothing on their side}. {I won't write that again|I can't put into words how annoying that is}.",
  },
  {
    topic: 'sync',
    side: 'bad',
    moods: critical,
    text: '{what happens|how to reproduce}: I write a note {on the train|in the lift} without signal, it says "Saved". At my desk I open the {laptop|web version}, the note isn\'t there. I edit something else. The phone comes online and {overwrites it all|one of the two is gone}. {Which one wins seems random|I haven\'t worked out the rule yet}.',
  },
  {
    topic: 'notifications',
    side: 'bad',
    moods: upset,
    text: "{last <weekday>|on <weekday>}: session at {9|10}. No mail, no push, {nothing in <chat>|nothing at all}. {<coach> calls me at ten past|At ten past my phone rings, it's <coach>}, asks if I'm {all right|joining}. At {11|half past ten} the reminder {arrives|comes in}. {You couldn't make it up|Thanks for that}. {It's the second time this month|I've stopped relying on it}.",
  },
  {
    topic: 'notifications',
    side: 'bad',
    moods: critical,
    text: 'I counted {this week|for a week}: {23|17|31} notifications, {two|three} of them useful. I\'ve switched off {everything I could find|all but one} under "Settings > Notifications" and {still|yet} I get "Your goal misses you!" at {6:30|dinner}. {Just ask me once how often I want to hear from you|I\'m an adult, I can manage without}.',
  },
  {
    topic: 'calendar',
    side: 'bad',
    moods: upset,
    text: '{my boss|a customer} walked in on my session {today|this week} because <cal> {showed me as free|knew nothing about it}. I had {connected|linked} it {twice|weeks ago}, the settings page says "Connected" with a nice green dot. {The dot is lying|It isn\'t}. {Now I block the time by hand and hope.|How am I supposed to trust it now?}',
  },
  {
    topic: 'calendar',
    side: 'bad',
    moods: critical,
    text: 'moved a session from {Tuesday to Thursday|10 to 3}. In the app: fine. In <cal>: {both|the old one and the new one}. <coach> {only saw the old one|got no update at all}. So we both sat there, {alone|each of us alone}. {We laughed about it, but still|Funny once}.',
  },
  {
    topic: 'ai',
    side: 'bad',
    moods: critical,
    only: 'self-guided',
    text: 'me: "I can\'t {sleep because of|stop thinking about} {the reorganisation|this project}." AI: "It sounds like {sleep|this project} is important to you. {What would good look like?|How does that make you feel?}" {I mean, come on|I closed the laptop}. I know it\'s only a {machine|program}, but {after two weeks|by now} it could {remember|know} that {we had that yesterday|I answered exactly this before}.',
  },
  {
    topic: 'billing',
    side: 'bad',
    moods: upset,
    text: "cancelled on the {2nd|3rd}, got a confirmation by mail, was charged {$25|$29} on the {5th|9th} anyway. Wrote to you, got a link {to an article about how to cancel|that leads to the page I had already used}. Wrote again. {That was nine days ago|Silence since}. {I'd have come back one day, now I won't|It's not the money, it's the principle}.",
  },
  {
    topic: 'billing',
    side: 'bad',
    moods: critical,
    text: "I like it, {truly|I do}, but I did the maths: {$25|$29} a month, I manage {two|three} sessions in a good month, so that's more than $8 each for {something I do by myself|a few good questions}. {Give me a small plan for people like me and I stay|A pay per session option would suit me much better}.",
  },
  {
    topic: 'login',
    side: 'bad',
    moods: upset,
    text: 'enter mail, wait for the code, code {expired|invalid}, request a new one, "too many attempts", {wait 15 minutes|locked out}. {By then the session was over|My coach had left by then}. {All I want is to log in|It\'s easier to get into my bank account}.',
  },
  {
    topic: 'onboarding',
    side: 'bad',
    moods: critical,
    text: 'my first {twenty minutes|half hour}: {28|24|31} questions about {my values|my work style}, a video that wouldn\'t play, a screen called "Your journey" with {nothing|three empty circles} on it. I had come with a real {question|problem} and {nobody|nothing} asked me what it was. {It got better later, but most people don\'t wait for later|A colleague had to show me where to start}.',
  },
  {
    topic: 'coach',
    side: 'bad',
    moods: upset,
    only: 'coach-led',
    text: "I had {prepared|looked forward to} this for days. <coach> {joined ten minutes late|was driving, I'm quite sure}, called me by the wrong name {twice|once}, and then {told me about a time <he> changed jobs|gave me a speech about resilience}. When I said that's not {my topic|why I came} there was a long pause and \"{interesting|let's park that}\". {That hour could have been an email|I left with less than I came with}.",
  },
  {
    topic: 'sessions',
    side: 'bad',
    moods: critical,
    text: "I work {nights|rotating shifts}. The slots are Monday to Friday, {9 to 5|10 to 4}. {Do you see the problem?|You can see where this goes.} The one evening slot {was gone within an hour|I got was cancelled the same day}. {There are a lot of us|Half of this country doesn't work office hours}.",
  },
  {
    topic: 'design',
    side: 'bad',
    moods: critical,
    text: 'to see what I wrote last week I go to Home, then "Journey", then "Past", then pick the session, then "Details", then "Notes". {Six|That\'s six} clicks. In the old version it was {one|right there on the first page}. {Who asked for this?|I\'m sure it looks good in a presentation.}',
  },
  {
    topic: 'support',
    side: 'bad',
    moods: upset,
    text: 'day 1: ticket sent, with screenshots. Day 3: "have you tried {another browser|turning it off and on}?" Yes, {it\'s in the ticket|as I wrote}. Day 6: "we\'re closing this as we haven\'t heard from you". {I\'m speechless|You had}. {Is anybody reading these things|Does a person work there}?',
  },
  {
    topic: 'reports',
    side: 'bad',
    moods: critical,
    text: 'I {present|have to show} the numbers to {our board|my director} every {month|quarter}. Dashboard: {71|64|58}% active. Report for the same {month|period}: {64|52|49}%. Export: {neither|a third figure}. {Which one do I put on the slide?|I need one number I can stand behind.}',
  },
  {
    topic: 'crashes',
    side: 'bad',
    moods: upset,
    text: 'goal: fine. Reality: fine. Options: I type {four|five} of them, press "Next", "Something went wrong". Back: everything {empty|gone}. I do it again, {shorter|in a hurry}, same thing. {Third time I only wrote "test" and of course that worked|I gave up after the third}. {How is that not caught by anyone?|That\'s forty minutes of my life.}',
  },
  {
    topic: 'mobile',
    side: 'bad',
    moods: critical,
    text: "I'm {on the road|on my feet} all day, so it's the phone or nothing. On <phone> the keyboard {hides|covers} the last two lines, the \"Next\" button {is under it|jumps away}, and if I turn the phone {by accident|sideways} my answer is gone. {Has anyone tried this with one thumb?|It's clearly made by people who sit at a desk.}",
  },
  {
    topic: 'coach',
    side: 'good',
    moods: pleased,
    only: 'coach-led',
    text: 'I came in with a long list of complaints about {my boss|my team|the reorganisation}. <coach> listened, didn\'t nod along, and then asked "{and what part of this is yours|what would you do if nobody could stop you}?" {I was a bit angry, then I laughed|Ouch. And thank you}. {I\'ve been chewing on it for days|Best question anyone asked me this year}.',
  },
  {
    topic: 'coach',
    side: 'good',
    moods: pleased,
    only: 'coach-led',
    text: "{six|eight|five} sessions with <coach> now. The first two I {was polite and said little|mostly talked about other people}. Somewhere in the third {it clicked|I stopped performing}. Since then {I sleep better|I argue less|Mondays are easier}, {ask my family|and my team has noticed}. {I didn't think an app from work could do that|I'm grateful, simple as that}.",
  },
  {
    topic: 'method',
    side: 'good',
    moods: pleased,
    text: "I {tried|used} the four steps {with my daughter about her maths test|in a team meeting that was going nowhere|on a colleague who wanted to quit}. What do you want, how is it now, what could you do, what will you do. {Took ten minutes|Fifteen minutes}, {no tears|no shouting}, a plan at the end. {I'm sold|Now they ask me where I learned that}.",
  },
  {
    topic: 'goals',
    side: 'good',
    moods: pleased,
    text: 'half a year ago my goal was "be better at everything". {After three sessions it is|It took two sessions to get to} "leave at {five|half past five} on {Tuesdays and Thursdays|three days a week}". {Sounds small|That\'s all}. It has {changed|fixed} more than {any seminar|all my good intentions} before.',
  },
  {
    topic: 'ai',
    side: 'good',
    moods: pleased,
    only: 'self-guided',
    text: "{couldn't sleep|woke up} at {3|4} am, {head full of work|going round in circles}, opened the app instead of {doomscrolling|writing that angry mail}. The AI asked what exactly I was afraid of. {I typed for ten minutes|Took me three answers to get to it}, and the thing got smaller {with every line|and smaller}. {Slept until seven|I'm glad I didn't send the mail}.",
  },
  {
    topic: 'actions',
    side: 'good',
    moods: pleased,
    text: 'what I like: no big plan. Last time I left with "{call Ruth before Friday|ask for the budget in writing|block Wednesday morning}". One line. {I did it|Done}, ticked it off, and the next session {began|started} with "how did it go?". {That\'s the whole trick, isn\'t it|It\'s the first system that survives my calendar}.',
  },
  {
    topic: 'mobile',
    side: 'good',
    moods: pleased,
    text: "I do my sessions {in the car before I go in|on the bus, line 12, back row|walking the dog}, {fifteen|twenty} minutes, phone in hand. {Never thought I'd say that about a work app|It fits where nothing else does}: I {look forward to it|miss it on days off}. Big letters, one question, next.",
  },
  {
    topic: 'onboarding',
    side: 'good',
    moods: pleased,
    text: "I'm {58|61|54} and not a friend of new apps. {My daughter|A colleague} said just try the first session. It asked me {one thing|one question} at a time, {never used a word I had to look up|explained every word}, and at the end there was {a sentence of mine|something I had said myself} on the screen that I {hadn't expected|printed out}. {So yes, I'm still here|Well done}.",
  },
  {
    topic: 'sessions',
    side: 'good',
    moods: pleased,
    text: "session at {7:15|7:30}, before the {ward round|first call|kids wake up}. {35|30|40} minutes, cup of tea, done, and the day {is a different one|starts with my own thoughts for a change}. When I had to move it {because of a sick child|at short notice} it was {two taps|no fuss at all}. {Keep that flexibility, please|That's how it has to be}.",
  },
  {
    topic: 'support',
    side: 'good',
    moods: pleased,
    text: 'had two accounts after {our merger|I got married}, with {a year|six months} of notes in the wrong one. Wrote to support {at lunch|in the evening}, expected the usual. {Forty minutes|An hour} later {someone|a real person} had merged them and asked if anything was missing. {Nothing was|Not a thing}. {Please tell them|Give them a raise}.',
  },
];
