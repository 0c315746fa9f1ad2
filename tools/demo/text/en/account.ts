import type { Topic } from '../types.ts';

/** Topics about having an account and a plan. */
export const accountTopics: readonly Topic[] = [
  {
    id: 'billing',
    bad: [
      {
        say: [
          '{$25|$29|$19} a month {is too much|feels steep|is hard to justify} for {one session a week|what I use|a tool without {calendar sync|a team view}}',
          "{it's|this is} {too expensive|overpriced} {for a small team|for freelancers|if my company stopped paying}",
          "the jump from {$10 to $25|$9 to $29} {makes no sense to me|is huge} {for|when all I'd get is} {one extra feature|a few reports}",
        ],
        more: [
          "at {$8|$10|$12} I'd sign {today|up without thinking}",
          'a yearly plan would {soften it|help}',
          'my {gym|phone plan} costs less',
        ],
        as: ['the price', 'the jump to the $25 plan', 'paying per seat for people who log in once a quarter'],
      },
      {
        say: [
          'we were {charged twice|billed for {12|15|30} seats, we have {8|11|22}} {this month|again}',
          "the invoice {has the wrong address|shows no VAT number|goes to someone who left}{ and I can't change it|}",
          'I {cancelled|downgraded} {weeks ago|last month} and {was charged anyway|still got billed}',
          '{finding|getting} {an invoice|a receipt} {takes|means} {a support ticket|a mail to support} every {single |}time',
        ],
        more: [
          'finance is {on my back|asking me every day}',
          'still waiting for the refund of {$25|$75|$119|$348}',
          "it shouldn't take {three|four} mails to correct an address",
        ],
        as: ['the wrong invoices', 'being charged twice', 'the billing page'],
      },
    ],
    good: [
      {
        say: [
          '{fair price|the price is fair} for what {you get|I get out of it}',
          'worth every {cent|penny} of the {$10|$25}',
          'it costs less than {one hour with a private coach|a single workshop} and {did|does} more for me',
        ],
        more: ["I'd pay for it myself if {work|my employer} didn't", 'we renewed for a year without a discussion'],
        as: ['the fair price', 'the free month to try it out'],
      },
    ],
    want: ['pay yearly', 'download my invoices myself', 'pause my plan over the summer'],
    add: ['a cheaper plan for {students|charities|small teams}', 'a yearly plan', 'invoices by email'],
    ask: [
      'is there a discount for {charities|schools|yearly payment}',
      'how much {is it|would it be} for {a team of ten|one person without a company}',
      "what's the difference between the $10 and the $25 plan",
    ],
  },
  {
    id: 'login',
    bad: [
      {
        say: [
          'I {get|am} {logged out|thrown out} {every day|all the time|in the middle of a session}',
          '{SSO|the <sso> login|single sign-on} {loops|sends me in circles|fails every other time}{ in <browser>|}',
          'the {login code|password mail|magic link} {arrives after it has expired|never arrives|ends up in spam}',
          'after {the password reset|changing my name} I had {two accounts|an empty account}, {my history is in the other one|and all my sessions in the old one}',
        ],
        more: [
          '{clearing cookies|a private window} helps, until {tomorrow|the next day}',
          "IT says it's {not on our side|your certificate}, you say it's our IT",
          'I gave up {twice|more than once} this week because of that',
        ],
        as: ['the login', 'being logged out all the time', 'the <sso> login loop'],
      },
    ],
    good: [
      {
        say: [
          '{logging in|login} with <sso> {just works|is one click}',
          'no {extra|new} password to remember{, thank god|, finally|}',
        ],
        more: ['our IT had it running before lunch'],
        as: ['single sign-on', 'logging in with <sso>'],
      },
    ],
    want: ['stay logged in on my own phone', 'log in with a passkey', 'merge my two accounts'],
    add: ['passkeys', 'a "stay signed in" box', 'Face ID'],
    ask: ['can I change my email without losing my sessions', 'does it support {SAML|passkeys|two-factor login}'],
  },
  {
    id: 'onboarding',
    bad: [
      {
        say: [
          '{it took me|I needed} {a week|three attempts|half an hour} to {work out|understand} {where to start|what a session even is}',
          'the {intro|setup|tour} {asks|asked} me {twenty|thirty} questions {before anything useful happens|and then drops me on an empty page}',
          'the {tour|walkthrough} {skips|never mentions} {the one thing I needed|how to book a coach}',
          'nobody told {me|us} what {GROW|"will"} means, {I had to look it up|the app just assumes you know}',
        ],
        more: [
          '{two|three} of my colleagues {stopped|gave up} right there',
          'a two minute video would have done it',
          "once you know how, it's fine, but the first hour is rough",
        ],
        as: ['the {long|confusing} setup', 'the first steps', 'the endless intro questions'],
      },
    ],
    good: [
      {
        say: [
          'I was {up and running|in my first session} {within five minutes|in ten minutes, no manual}',
          'the {first session|intro|tour} {walks|walked} me through {every step|the method} {without talking down to me|at just the right pace}',
          '{getting started|the start} was {easier than I feared|dead simple}',
        ],
        more: ["I'm not good with new apps, so that says something", 'wish every tool at work did that'],
        as: ['how easy it was to get started', 'the welcome tour', 'the first session'],
      },
    ],
    want: ['skip the intro', 'repeat the tour later', 'see an example session before my first one'],
    add: ['an example session', 'a short intro video', 'a checklist for the first week'],
    ask: ['where do I start if my goal is still vague', 'can I redo the setup questions'],
  },
  {
    id: 'support',
    bad: [
      {
        say: [
          'support {took|needed} {six|nine|five} days {to answer|to reply} {with a link to the FAQ|and then closed my ticket}',
          "I've written to support {three times|twice} {and got|and have} {the same canned reply|no answer yet}",
          "the {chat|help} bot {doesn't understand me|goes in circles} and {there's no way to reach a person|won't let me through to a human}",
        ],
        more: [
          'ticket {#20417|#18833|#21590|#19274} if anyone wants to look',
          "I don't need an apology, I need an answer",
        ],
        as: ['the slow support', 'canned replies from support'],
      },
    ],
    good: [
      {
        say: [
          'support {answered|replied|got back to me} within {ten minutes|the hour}{ on a Saturday|} and {actually solved it|knew what they were talking about}',
          '{whoever answered my mail|the person in your chat} deserves {a raise|a medal}',
        ],
        more: ['a real person, with a name, who read what I wrote'],
        as: ['the support team', 'the quick and friendly support'],
      },
    ],
    want: ['talk to a person', 'see the status of my ticket'],
    add: ['a phone number', 'support hours that cover {the Pacific|evenings|Asia}'],
    ask: ['is there a human I can talk to', 'how do I reach support outside office hours'],
  },
  {
    id: 'privacy',
    bad: [
      {
        say: [
          "it's not clear {who can read|whether HR can see} {my notes|what I write here}",
          "I hold back {in sessions|in my answers} because I {don't know|can't tell} {who reads along|where it all ends up}",
          "{why does|I don't see why} the app {need|needs} my {contacts|location|date of birth}{ at all|}",
        ],
        more: [
          'our works council asked the same and got a link to {a 30 page|an endless} policy',
          'without trust the whole thing is pointless',
        ],
        as: ['not knowing who reads my notes', 'the vague privacy policy'],
      },
    ],
    good: [
      {
        say: [
          '{I trust it|I feel safe writing here} because it {says|tells me} {plainly|in one sentence} who can see {what|my notes}',
          'being able to {stay anonymous|give feedback without my name} {matters|is worth a lot} {to me|in a company like ours}',
        ],
        more: ["that's why I can be honest"],
        as: ['the anonymous mode', 'the clear privacy settings'],
      },
    ],
    want: ['delete a single session for good', 'mark a note as private', 'see who has opened my notes'],
    add: ['a plain list of who sees what', 'a private notebook'],
    ask: [
      'can my {manager|employer|boss} read {this|my sessions}',
      'where is the data stored',
      'how long do you keep my answers',
    ],
  },
];
