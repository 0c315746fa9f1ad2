import type { Topic } from '../types.ts';

/** Topics about finding and sharing what is in the product: search, reports, export, teams, design, content, language. */
export const insightTopics: readonly Topic[] = [
  {
    id: 'search',
    bad: [
      {
        say: [
          "search {never finds|doesn't find|can't find} {my old notes|anything older than a month|sessions by {topic|name}}",
          'I {searched|looked} for "{feedback|delegation|promotion|boundaries}" and got {zero results|every session I ever had}, {although|even though} I {know|am sure} it\'s in there',
          "there's no way to {search inside notes|filter sessions by date|find one sentence again} {short of|without} opening them one by one",
          'the search {only matches whole words|ignores my notes|gives up on typos}',
        ],
        more: [
          'I ended up scrolling through {forty|sixty} sessions',
          'that makes the history pretty much write-only',
          'a date filter alone would {do|solve most of it}',
        ],
        as: ['the search', 'not being able to find old notes', 'search that finds nothing'],
      },
    ],
    good: [
      {
        say: [
          'search {found|turned up} a note from {months ago|my very first session} in {a second|no time}',
          'being able to {filter|search} by {goal|tag|coach} is {so useful|a big help|exactly what I needed}',
        ],
        more: ['I use it before every session to see what I said last time'],
        as: ['the search', 'the filters in my history'],
      },
    ],
    want: ['search inside my notes', 'filter sessions by goal and date', 'pin a session I come back to often'],
    add: ['a search box on the history page', 'tags for sessions', 'a date filter'],
    ask: ['how do I find a session from {last quarter|spring}', 'can search look inside notes too'],
  },
  {
    id: 'reports',
    bad: [
      {
        say: [
          'the {monthly|progress|quarterly} report {tells me nothing|is all colours and no content|is four pages of empty charts}',
          "the numbers {in the report|on the report} don't match {what I see on the dashboard|the session list}",
          "{I can't|there's no way to} {compare|put} two {quarters|teams|months} {side by side|next to each other}",
          "the charts have {no labels|no scale|three shades of the same blue}, so {nobody|I can't} {can read them|tell what is what}",
        ],
        more: [
          'I {rebuild|redo} it in a spreadsheet {every month|before every review}',
          'my {director|boss|CFO} asked what "{engagement index|momentum score}" means and I had no answer',
          'hard to defend the budget with that',
        ],
        as: ['the reports', 'reports nobody can read', "numbers that don't add up"],
      },
    ],
    good: [
      {
        say: [
          'the {progress report|monthly report} is {clear enough to forward as it is|the first one my boss actually read}',
          'seeing {my progress|the last three months} on one page {is a real motivator|tells me more than any talk}',
          'the {new|team} report {answered|answers} the one question {my director|HR} always asks',
        ],
        more: ['two pages, done', 'I print it and bring it to my one-to-one'],
        as: ['the progress report', 'the monthly summary', 'seeing my progress over time'],
      },
    ],
    want: [
      'compare two quarters in one chart',
      'schedule a report for the first of the month',
      'see one topic over the whole year',
    ],
    add: ['a one-page summary for managers', 'a scheduled report by email', 'a short explanation of each score'],
    ask: ['how is the {momentum|progress} score worked out', 'why do report and dashboard show different numbers'],
  },
  {
    id: 'export',
    bad: [
      {
        say: [
          'the {PDF|CSV} export {cuts off|drops} {my longer notes|the last column|everything after page three}',
          '{exporting|the export of} {a year|all my sessions} {times out|ends in an error|gives me an empty file}',
          'umlauts and accents {come out|are} {garbled|as question marks} in the {CSV|Excel} {export|file}',
          'I {can|could} only export {one session at a time|the last 30 days}',
        ],
        more: [
          '{HR|our auditor|my manager} needs it in one file',
          'I copied {40|25} sessions by hand. By hand.',
          'Excel then turns the ids into dates, which is a whole other story',
        ],
        as: ['the export', 'exporting sessions one by one', 'the broken CSV export'],
      },
    ],
    good: [
      {
        say: [
          'the {PDF|export} {looks|is} {good enough to hand to my manager|clean}, {no fiddling needed|straight into my review folder}',
          'getting all my data out {took one click|was one click and a minute}',
        ],
        more: ['makes it easy to trust a product when you can leave any time'],
        as: ['the PDF export', 'how easy it is to get my data out'],
      },
    ],
    want: ['export all sessions at once', 'export just my action items', 'choose the columns in the CSV'],
    add: ['an Excel export', 'a bulk export', 'a print view'],
    ask: ['can I export everything before I switch teams', 'where did the CSV button go'],
  },
  {
    id: 'teams',
    bad: [
      {
        say: [
          "as an admin I can't {see who has been invited|move a person to another team|remove people who left}",
          'the team {overview|dashboard} {mixes|lumps together} {three departments|our offices in two countries}',
          'adding {forty|a dozen|new} people means {forty|a dozen|endless} {single invitations|forms}, one after the other',
          "{a manager|every manager} sees {either everything or nothing|the same view as I do}, there's nothing in between",
        ],
        more: [
          'I spend {an hour|two hours} a week on something a CSV upload would do',
          "half the seats we pay for {belong to people who left|are unused and I can't tell which}",
        ],
        as: ['managing users one by one', 'the admin area', 'the missing roles for managers'],
      },
    ],
    good: [
      {
        say: [
          "the team view shows me {where people are stuck|how we're doing} without {showing anything private|prying}",
          '{setting up|rolling it out to} <team> took {one afternoon|less than an hour}',
          'adoption {in|across} <team> is {higher than anything we bought before|way above what I expected}',
        ],
        more: [
          'managers stopped asking me for numbers',
          'people join because colleagues tell them to, not because of my mails',
        ],
        as: ['the team view', 'the admin tools', 'how easy the rollout was'],
      },
    ],
    want: [
      'invite people from a CSV',
      'give a team lead access to just one team',
      'see which seats are unused',
      'connect it to our HR system',
      'leave out test users from a report',
    ],
    add: ['a read-only role for managers', 'groups that follow our org chart', 'bulk invitations'],
    ask: ['can a manager see what people write in their sessions', 'how do I hand over the admin role'],
  },
  {
    id: 'design',
    bad: [
      {
        say: [
          'I never know where {to find things|I am|my notes went} since {the redesign|the menu moved}',
          '{there are|you have} {three|four} {menus|places} that all {seem to do|do} the same thing',
          "{it takes|I need} {six|seven|five} clicks {to get to|to reach} {my own notes|the next session|last week's actions}",
          "the screen is {so busy|so full} that I {can't see what to do next|miss the one button I need}",
          'the "{Back|Home}" button {takes|sends} me {somewhere else every time|to the start, not back}',
        ],
        more: [
          'I have to explain it to {every new joiner|my colleagues} again and again',
          "there's a good tool hidden under all {that|those menus}",
          'the old layout was plain but at least I knew it',
        ],
        as: ['the {cluttered|confusing} menu', 'too many clicks', 'the new layout'],
      },
    ],
    good: [
      {
        say: [
          "{the design is|it's} {calm|clean|uncluttered} and {doesn't shout at me|I find my way without thinking}",
          "one question per {screen|page}, nothing else, {I love that|that's how it should be}",
          "{everything is|all of it is} {where I'd look for it|two taps away}",
          'the {new|dark} {layout|theme} is {easy on the eyes|a big step forward}',
        ],
        more: [
          'it feels like someone {thought|cared} about the person using it',
          'even my {dad|colleague who hates computers} managed',
        ],
        as: ['the {clean|calm} design', 'the simple layout', 'how little clutter there is'],
      },
    ],
    want: ["hide the panels I don't use", "choose what's on my home screen", 'use a dark mode'],
    add: ['a dark mode', 'a shortcut to my last session', 'keyboard shortcuts'],
    ask: ['where did the {notes tab|history|goal overview} go', 'can I get the old layout back'],
  },
  {
    id: 'content',
    bad: [
      {
        say: [
          'the {articles|exercises|videos} {are too generic|could be from any management blog|repeat each other}',
          '{half|most} of the {templates|worksheets|exercises} {assume|are written for} {an office job|big companies}, {nothing fits|nothing for} {a hospital ward|shift work|a five-person shop}',
          "I've {seen|been through} {all|most} of the exercises {by now|after a month} and there's nothing new",
        ],
        more: ["I'd take three good ones over thirty of these", 'what about people without an office'],
        as: ['the {generic|shallow} articles', 'exercises that assume an office job'],
      },
    ],
    good: [
      {
        say: [
          "the {exercise on|worksheet on|short video about} {saying no|difficult conversations|values|energy} {was|is} {worth the whole subscription|the best thing in here|something I'll use again}",
          'the exercises are {short, practical and not preachy|concrete, I can use them the same day}',
        ],
        more: ['I shared it with {my whole team|two friends}', 'five minutes, and it stuck with me for a week'],
        as: ['the exercises', 'the worksheets', 'the short videos'],
      },
    ],
    want: ['save exercises for later', 'share a worksheet with my team'],
    add: ['more exercises for {new managers|shift workers|introverts}', 'a reading list', 'audio versions'],
    ask: ['will there be more on {conflict|remote teams|feedback}', 'can I reuse the worksheets in my own workshop'],
  },
  {
    id: 'language',
    bad: [
      {
        say: [
          '{parts|half} of the {app|menus} {are|stay} in English {although|even though} {I|we} {chose|set it to} {Spanish|German|French|Polish}',
          'the {translation|Spanish version|French version} {reads like a machine did it|is stiff and sometimes plain wrong}',
        ],
        more: ["my colleagues abroad won't use it like this", 'coaching is about nuance, so words matter'],
        as: ['the {half|patchy} translation', 'menus in two languages at once'],
      },
    ],
    good: [
      {
        say: [
          '{being able to|that I can} {answer|reflect} in my own language {makes all the difference|is a huge plus}',
        ],
        more: ["feelings don't translate that well"],
        as: ['having it in my own language'],
      },
    ],
    want: ['set the language per person, not per company', 'answer in my own language'],
    add: ['{Dutch|Italian|Turkish|Czech|Swedish}', 'a glossary for the {translated|GROW} terms'],
    ask: ['when will it be available in {Dutch|Italian|Turkish|Swedish}'],
  },
  {
    id: 'accessibility',
    bad: [
      {
        say: [
          'the {grey|light} text {on white|on grey} is {unreadable|too faint}{ for anyone over forty| in daylight|}',
          'my screen reader {reads|just says} "button, button, button"{ on the session page|}',
          "I can't {get through|finish} {a session|the form} with the keyboard {alone|only}",
          "the {font|text} is {tiny|far too small} and {zooming breaks the layout|doesn't follow my phone's setting}",
        ],
        more: [
          "I have {low vision|a tremor|reading glasses} and {would|I'd} still like to use this",
          "that's not a nice-to-have for us, it's the law",
        ],
        as: ['the tiny grey text', 'the poor contrast', 'the missing labels for screen readers'],
      },
    ],
    good: [
      {
        say: [
          "works {perfectly|well} with {my screen reader|VoiceOver|just the keyboard}, {thank you for that|that's rare}",
          'the large text setting {is a blessing|makes it usable for me}',
        ],
        more: ['I notice when someone has tested this properly'],
        as: ['how well it works with a screen reader', 'the large text setting'],
      },
    ],
    want: ['make the text bigger', 'use it with the keyboard alone', 'turn off the animations'],
    add: ['a high contrast mode', 'bigger text', 'captions on the videos'],
    ask: ['do you have an accessibility statement'],
  },
];
