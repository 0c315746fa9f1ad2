import type { Topic } from '../types.ts';

/** Topics about how the product holds up: speed, sync, crashes, mobile, calls. */
export const speedTopics: readonly Topic[] = [
  {
    id: 'performance',
    bad: [
      {
        say: [
          'the {dashboard|home screen|session page|goal list} takes {10|12|15|20|30} seconds to {load|open}{ on a good day|}',
          "every page {loads like it's 2003|crawls}{ lately| in the mornings|}",
          "{it's|the app is|the whole thing is} {so|painfully|really|awfully} slow {in <browser>|on <device>|over our office wifi}",
          'I click {something|"Continue"|the next step} and {just wait|nothing happens for {five|six|ten} seconds}',
          'opening a session takes {longer than making a coffee|about as long as reading my mail}',
          "{half|most} of the time I'm {staring at|looking at} a {spinner|grey loading screen|white page}",
        ],
        more: [
          "{by the time it opens|when it finally opens} I've {forgotten what I wanted to write|lost my train of thought}",
          "other sites are fine on the same {connection|machine}, so it isn't my network",
          'I timed it {yesterday|this morning|on <weekday>}: {18|22|27|31|41} seconds{ from click to content|}',
          'my notes end up on paper instead',
          'I only have {fifteen|twenty} minutes between {meetings|shifts} and {a third|half} of that goes on waiting',
        ],
        as: [
          'the {slow|endless} page loads',
          'how {slow|sluggish} everything {is|has become}',
          'waiting {20|30} seconds for every page',
          'the {constant|eternal} loading spinner',
        ],
      },
      {
        say: [
          'typing {in the reflection box|in the notes|my answers} lags {a full second|badly} behind {the keys|what I type}',
          'the {page|browser tab} freezes {whenever I scroll back through old sessions|as soon as I have more than {ten|twenty} goals}',
          'it {eats|drains} {my battery|the battery of my <phone>} like {a video game|nothing else I use}',
          'the fan on my laptop {spins up|goes mad} {the moment|every time} I open {the app|a session}',
        ],
        more: [
          "closing every other tab doesn't {help|change anything}",
          '<browser> says the tab is {using|taking} {1.4|1.8|2.1} GB of memory',
          'short {answers|notes} are bearable, long ones are not',
        ],
        as: ['the typing lag', 'the frozen page when I scroll', 'the lag in the notes field'],
      },
    ],
    good: [
      {
        say: [
          '{it|everything|the app} {loads|opens} {instantly|in no time|in under a second}{ on <device>| even on hotel wifi| even on my old laptop|}',
          "it's {fast|quick|snappy}{, which I can't say of our other tools| and gets out of the way|}",
          'the new version feels {twice as fast|noticeably quicker|lighter}',
        ],
        more: [
          'no waiting, no spinners, I just start {writing|talking}',
          'that matters when you only have ten minutes',
        ],
        as: ['how fast it is', 'the speed', 'how quickly a session opens'],
      },
    ],
    want: ['keep working while a page loads', 'open an old session without loading the whole history'],
    add: ['a light version for slow connections', 'some caching, so that the home screen comes up at once'],
    ask: [
      'is {it|the app|the site} slow for {everyone|other people too} or {just|only} for {me|us}',
      'are there known {speed|performance} problems with <browser>',
    ],
  },
  {
    id: 'sync',
    bad: [
      {
        say: [
          "what I {write|type} on {my phone|<phone>} {doesn't show up|only shows up hours later} on {the web|my laptop}",
          "my notes {don't sync|stopped syncing|sync when they feel like it} between {phone and laptop|<phone> and <browser>}",
          '{sync|syncing} {is stuck|has been stuck} at {"Saving…"|"Syncing 1 of 3"|99%}{ since <weekday>|}',
          "I {lost|have lost} {a whole reflection|twenty minutes of notes|yesterday's entry} because {it didn't save|the sync gave up halfway}",
          "the two {devices|versions} disagree about {which step I'm on|my last session}, and the {older|wrong} one wins",
        ],
        more: [
          'logging out and in again {brings some of it back|fixes it for a day}',
          'now I copy everything into {a text file|my own notes} first, just in case',
          "losing an honest reflection is worse than losing a spreadsheet, you don't write it twice",
          "{no error|no warning|not even a message}, it's just gone",
        ],
        as: ["notes that don't sync", 'losing what I wrote', 'the broken sync between phone and laptop'],
      },
      {
        say: [
          "it's {useless|no good} {on the train|on flights|in our warehouse|without a signal}",
          'the app needs {a connection|the internet} even to {show|read} my own {notes|action list}',
        ],
        more: ['my commute is the only quiet time I have', 'a plain read-only copy would be enough'],
        as: ['having no offline mode', "being locked out of my notes when there's no signal"],
      },
    ],
    good: [
      {
        say: [
          "I {start|begin} on {the phone|my <phone>} and finish {on my laptop|at my desk} and it's {all there|right where I left it}",
          'autosave has {saved me|rescued my notes} {twice|more than once}',
          'working offline {on the train|on the plane} just works now',
        ],
        more: ['never lost a word so far', 'small thing, but it means I trust it with longer {notes|entries}'],
        as: ['how well it syncs between devices', 'autosave', 'the offline mode'],
      },
    ],
    want: [
      'write offline and sync later',
      'see when my notes were last saved',
      'get back an earlier version of my notes',
    ],
    add: ['an offline mode', 'a visible "last saved" time', 'version history for notes'],
    ask: ['are my notes kept anywhere when sync fails', 'does it work without a connection'],
  },
  {
    id: 'crashes',
    bad: [
      {
        say: [
          'the app {crashes|closes itself|quits} {when I open|every time I open|as soon as I tap} {my action list|an older session|the "Options" step}',
          'it crashed {twice|three times} {during one session|today|this week}{ on <phone>|}',
          '{I keep getting|I get} "Something went wrong"{ with no hint what| and have to start over| on every second save|}',
          'the "{Save|Finish session|Next}" button {does nothing|stays grey|has stopped responding}{ in <browser>|}',
          '{a|the} blank {white|grey} screen after {login|the update|I hit "Finish session"}, {nothing helps but reinstalling|reload doesn\'t help}',
        ],
        more: [
          "I've reinstalled it {twice|already}, same result",
          'it happens {about once a day|every other session|always at the same spot}',
          'I sent the crash report {each time|twice} and never heard anything',
          'the session then counts as finished although I never got to the end',
          'you can see it here: https://app.example.com/sessions/{48213|51077|39926|60418}',
        ],
        as: ['the crashes', '"Something went wrong" with no explanation', 'buttons that do nothing'],
      },
      {
        say: [
          '{my|the} progress bar {says|shows} {140|112|-1}% {and nobody can tell me why|since the weekend}',
          'the {same session|same goal} shows up {twice|three times} in my history',
          '{dates|session times} are {off by one day|shown in the wrong time zone}{ in the list| in my history|}',
          'the counter says I have {3|4} open {questions|tasks} but the list is empty',
        ],
        more: ['harmless, but it makes me doubt the other numbers', 'been like that for {weeks|ages}'],
        as: ['the wrong numbers in my history', 'duplicate sessions in the list', 'wrong dates everywhere'],
      },
    ],
    good: [
      {
        say: [
          "{hasn't crashed once|not a single crash} {since I started|in two months}, {which is rare|I'm impressed}",
          'the bug I reported {last week|a while ago} was {fixed in two days|gone with the next update}',
        ],
        more: ["that's how it should be"],
        as: ['how stable it is', 'the quick bug fixes'],
      },
    ],
    want: ['go back to where I was after a crash', 'send you a screenshot when something breaks'],
    add: ['a proper error message', 'a status page'],
    ask: ['what does "{Error|error code} {4012|E-17|1003}" mean', 'is the blank screen a known issue'],
  },
  {
    id: 'mobile',
    bad: [
      {
        say: [
          "the {phone|mobile} app {can't do half of what the web version does|is missing {the reports|team goals|the notes view}}",
          "{the keyboard|my keyboard} covers the {answer box|text field}{ on <phone>|}, {so I type blind|so I can't see what I write}",
          'on {my <phone>|a small screen} the "{Next|Continue}" button {sits|ends up} {below the fold|behind the keyboard}',
          'the {tablet|iPad} version is just {a stretched phone screen|the phone app with huge margins}',
          'swiping back {throws away|deletes} {my answer|everything I typed}',
        ],
        more: [
          "so I wait until I'm at a desk, and then I don't do it",
          "most of {us|my team} {are|is} on the road all day, we don't have laptops",
          'rotating the phone {makes it worse|resets the page}',
        ],
        as: ['the {half-finished|limited} mobile app', 'typing blind on my phone', 'the cramped phone layout'],
      },
    ],
    good: [
      {
        say: [
          'the {mobile app|phone app} is {really well made|a pleasure|better than the web version}',
          '{I do|I can do} my whole {session|reflection} {on my phone|from my phone} {on the bus|in the car park before work|while the kids are at swimming}',
          'it {looks|feels} {made for|at home on} {a phone|my <phone>}, not squeezed onto it',
        ],
        more: ["I'd never do this at my desk", 'big buttons, little text, exactly right after a long shift'],
        as: ['the mobile app', 'being able to do it all from my phone'],
      },
    ],
    want: ['see the reports on my phone', 'dictate my answers on the phone', 'use it in landscape on a tablet'],
    add: ['a home screen widget with my next action', 'a watch app', 'a proper tablet layout'],
    ask: ['is there an Android tablet version', 'will the phone app get the report view'],
  },
  {
    id: 'calls',
    bad: [
      {
        say: [
          '{the video|video} {froze|dropped} {every few minutes|three times|halfway through the session}',
          'the {sound|audio} {cut out|kept cutting out|was full of echo}, {I|we} missed {whole sentences|the important bits}',
          "I {couldn't|could not} get {my headset|my microphone|the camera} to work {in <browser>|until I restarted}",
          "we {ended up|finished} on {the phone|a <chat> call} because the call {wouldn't connect|kept dropping}",
        ],
        more: [
          'we lost {ten|fifteen} minutes of a {45|50|60} minute session{ to it|}',
          '{<chat>|our usual tool} works fine on the same line',
          'hard to talk about something personal while shouting "can you hear me"',
        ],
        as: ['the video quality', 'dropped calls', 'the echo on calls'],
      },
    ],
    good: [
      {
        say: [
          'the {video|call} was {crystal clear|rock solid}{, even from home|}',
          'joining {the call|a session} is {one click|a single tap}{, no plugin, no code|}',
        ],
        more: ["forgot we weren't in the same room", 'my old provider needed three links and a PIN'],
        as: ['the call quality', 'joining with one click'],
      },
    ],
    want: ['blur my background', 'test my microphone before the call', 'switch to audio only when the line is bad'],
    add: ['live captions', 'a phone dial-in', 'background blur'],
    ask: ['can I join by phone if the video fails', 'are the calls recorded'],
  },
];
