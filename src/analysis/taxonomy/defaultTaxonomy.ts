import type { Taxonomy } from './taxonomy.ts';

/** The default taxonomy: themes of software products, and of coaching. */
export const defaultTaxonomy: Taxonomy = [
  {
    id: 'onboarding',
    label: 'Onboarding',
    description: 'The first days: set-up, tutorials, getting a team started.',
    terms:
      'onboarding, onboard, getting started, get started, first steps, tutorial, walkthrough, setup, set up, setting up, first week, first day, rolling it out, roll out, learning curve, welcome tour, new users, invitation email',
    except: 'set up a meeting, set up a call, set up a session',
  },
  {
    id: 'performance',
    label: 'Performance',
    description: 'How fast it answers, and what it takes of the device.',
    terms:
      'slow, slower, slowly, slowness, slowed, fast, faster, quick, quicker, quickly, speed, speedy, lag, laggy, loading, load, load time, takes forever, took forever, takes ages, freeze, frozen, spinner, performance, performant, sluggish, snappy, responsive, unresponsive, seconds per page, waiting for, long to open, hangs',
    except:
      'fast forward, breakfast, work load, coach load, performance review, my performance, quick question, slow down the',
    themes: [
      {
        id: 'performance-loading',
        label: 'Loading',
        description: 'Waiting for pages and data to appear.',
        terms:
          'loading, load, load time, slow to load, takes forever to load, spinner, seconds per page, page load, long to open, startup time',
        except: 'work load, download',
      },
      {
        id: 'performance-resources',
        label: 'Battery, memory, data',
        description: 'What it takes of the device.',
        terms: 'battery, drains, memory, cpu, overheat, storage space, mobile data, data usage, disk space',
        except: 'from memory',
      },
    ],
  },
  {
    id: 'reliability',
    label: 'Reliability',
    description: 'Faults: crashes, errors, outages, data that is lost.',
    terms:
      'crash, bug, buggy, error, broken, breaks, fail, failure, outage, glitch, glitchy, unstable, unreliable, reliable, does not work, do not work, did not work, not working, stopped working, stops working, goes down, went down, was down, is down, keeps crashing, lost my, lost all, malfunction, blank screen, white screen, black screen',
    except: 'failed to reach, error in my thinking',
    themes: [
      {
        id: 'reliability-crashes',
        label: 'Crashes and outages',
        description: 'It closes, hangs or cannot be reached.',
        terms:
          'crash, keeps crashing, outage, goes down, went down, was down, is down, force close, shuts down, blank screen, white screen, black screen',
      },
      {
        id: 'reliability-data-loss',
        label: 'Lost data',
        description: 'What was entered is gone.',
        terms:
          'lost my, lost all, data loss, disappeared, vanished, not saved, did not save, does not save, deleted my, wiped',
      },
    ],
  },
  {
    id: 'usability',
    label: 'Usability',
    description: 'How easy it is to understand and to use.',
    terms:
      'easy to use, hard to use, difficult to use, ease of use, simple to use, confusing, confused, intuitive, unintuitive, complicated, usability, clunky, user friendly, cumbersome, too many clicks, fewer clicks, keyboard shortcut, straightforward, self explanatory, hard to understand, easy to understand, unclear, convoluted, tedious, undo',
  },
  {
    id: 'navigation',
    label: 'Navigation',
    description: 'Finding the way: menus, tabs, going back.',
    terms:
      'navigation, navigate, menu, sidebar, find anything, hard to find, back button, tab, breadcrumb, home screen, home page, shortcut, bookmark',
    except: 'keyboard shortcut',
  },
  {
    id: 'design',
    label: 'Design',
    description: 'How it looks: layout, colours, fonts.',
    terms:
      'design, redesign, interface, layout, look and feel, looks great, looks good, looks nice, looks bad, looks outdated, looks dated, dark mode, dark theme, night mode, font, color, colour, ugly, beautiful, ui, ux, icon, animation, visual, clean look, white space, theme',
    except: 'color blind, colour blind, design of the program, designed for managers',
  },
  {
    id: 'pricing',
    label: 'Pricing',
    description: 'What it costs, and whether it is worth it.',
    terms:
      'price, priced, pricing, pricey, expensive, overpriced, cheap, cost, costly, afford, affordable, subscription, free plan, free version, free trial, trial period, discount, money, worth it, worth the, value for money, paywall, upgrade to premium, premium plan',
    except: 'at all costs, worth the time, worth the effort',
  },
  {
    id: 'billing',
    label: 'Billing',
    description: 'Paying: invoices, charges, refunds.',
    terms:
      'billing, billed, bill, invoice, charged, charging me, overcharged, double charged, refund, payment, receipt, credit card, debit card, vat, charged twice, cancel my subscription, auto renew, renewal, paypal',
    except: 'phone is charged, battery charged',
  },
  {
    id: 'support',
    label: 'Support',
    description: 'Help from people: answers, tickets, service.',
    terms:
      'customer support, support team, tech support, technical support, support ticket, support staff, support agent, your support, contact support, contacted support, customer service, customer care, helpdesk, help desk, ticket, response time, answered my, replied, no reply, no answer, live chat, support was, support is',
  },
  {
    id: 'documentation',
    label: 'Documentation',
    description: 'Help in writing: pages, guides, examples.',
    terms:
      'documentation, documented, docs, help page, help pages, help article, help center, help centre, faq, manual, user guide, how to guide, instructions, release notes, changelog, knowledge base, guide',
    except: 'guiding questions, guided session, guide me',
  },
  {
    id: 'integrations',
    label: 'Integrations',
    description: 'Working together with other products; the API.',
    terms:
      'integration, integrate, slack, zapier, api, webhook, microsoft teams, ms teams, plugin, plug in, add on, extension, sync with, syncs with, connect with, salesforce, jira, hubspot, notion, zoom, workday, import from',
  },
  {
    id: 'calendar',
    label: 'Calendar',
    description: 'Dates and times: calendars, bookings, time zones.',
    terms:
      'calendar, google calendar, outlook, schedule, scheduling, reschedule, booking, book a, booked, double booked, buffer, time zone, timezone, time slot, availability, available slots, appointment, cancel a session, calendar sync',
    except: 'my busy schedule, read a book',
  },
  {
    id: 'mobile',
    label: 'Mobile',
    description: 'Phones and tablets, and use without a network.',
    terms:
      'mobile, mobile app, phone, iphone, ios, android, tablet, ipad, app store, play store, offline, smartphone, fairphone, small screen, landscape, widget, apple watch',
    except: 'phone call, by phone, phone support, over the phone, phone number',
  },
  {
    id: 'search',
    label: 'Search',
    description: 'Looking things up: search, filters, sorting.',
    terms:
      'search, searching, searchable, filter, search result, cannot find, could not find, sort by, sorting, find old',
    except: 'research, search for meaning, job search, soul searching',
  },
  {
    id: 'notifications',
    label: 'Notifications',
    description: 'What reaches people unasked: reminders, alerts, e-mails.',
    terms:
      'notification, notify, notified, reminder, remind, push, push message, email alert, alert, snooze, too many emails, daily email, weekly email, digest, unsubscribe, nudge, spam',
    except: 'pushed me, push myself, pushes me, pushed back, push back',
  },
  {
    id: 'reporting',
    label: 'Reporting',
    description: 'Numbers and overviews: reports, dashboards, charts.',
    terms:
      'report, reporting, dashboard, chart, graph, analytics, statistics, stats, metrics, progress view, team view, overview, insights page, track progress, progress tracking, history view',
    except: 'reports to me, direct report, direct reports, report a bug, reported a bug, report a problem',
  },
  {
    id: 'export',
    label: 'Export and import',
    description: 'Getting data out and in: files, downloads, printing.',
    terms:
      'export, import, csv, pdf, download, upload, spreadsheet, excel file, excel sheet, to excel, print, printing, backup, migrate our data, migrate my data, data migration',
    except: 'important, download the app, imported ideas',
  },
  {
    id: 'collaboration',
    label: 'Collaboration',
    description: 'Doing things together: sharing, comments, groups.',
    terms:
      'collaborate, collaboration, share with, sharing, shared, team member, group session, comment, invite, teammate, colleague, mention someone, real time editing, group chat, shared workspace, permissions',
    except: 'shared my feelings, she shared, he shared, coach shared',
  },
  {
    id: 'accessibility',
    label: 'Accessibility',
    description: 'Use by people with any ability.',
    terms:
      'accessibility, accessible, screen reader, voiceover, talkback, contrast, larger text, bigger text, text size, font size, small text, tiny text, colour blind, color blind, captions, subtitles, keyboard only, hearing, dyslexia, wheelchair',
    except: 'in contrast, by contrast, looking forward to hearing, hearing from',
  },
  {
    id: 'localization',
    label: 'Languages',
    description: 'Translation and what differs by country.',
    terms:
      'translation, translate, translated, language, localization, localisation, german version, french version, spanish version, portuguese version, in english, in german, in french, in spanish, in portuguese, date format, currency',
    except: 'body language, language of feelings',
  },
  {
    id: 'privacy-security',
    label: 'Privacy and security',
    description: 'Who sees what, and how it is kept safe.',
    terms:
      'privacy, private, security, secure, insecure, gdpr, data protection, personal data, confidential, confidentiality, encryption, encrypted, hacked, breach, tracking me, who can see, who can read, see my answers, two factor, 2fa, delete my data, delete my account',
  },
  {
    id: 'account-access',
    label: 'Account and sign-in',
    description: 'Getting in: accounts, passwords, single sign-on.',
    terms:
      'login, log in, logging in, logged in, sign in, signin, sign up, signing in, password, sso, single sign on, account, locked out, logged out, logs me out, verification code, magic link, two factor, session expired',
    except: 'account manager, take into account, on account of, accountability',
  },
  {
    id: 'customization',
    label: 'Customization',
    description: 'Making it one’s own: settings, templates, preferences.',
    terms:
      'customize, customise, customizable, customization, custom, template, settings, setting for, configure, configuration, configurable, preference, personalize, personalise, personalization, own questions, turn off, switch off, disable',
    except: 'goal setting, custom made',
  },
  {
    id: 'features',
    label: 'Missing features',
    description: 'What it cannot do yet, in general.',
    terms:
      'feature, features, functionality, missing feature, feature request, lacks, lacking, no way to, no option to, nice to have, roadmap',
  },
  {
    id: 'content',
    label: 'Content',
    description: 'What there is to read, watch and do: articles, exercises, videos.',
    terms:
      'content, article, video, videos, library, lesson, course, material, materials, worksheet, podcast, resources, exercises, quiz, module',
    except: 'video call, of course, content with, video quality, human resources, course of action',
  },
  {
    id: 'audio-video',
    label: 'Calls',
    description: 'Audio and video of calls and meetings.',
    terms:
      'video call, video quality, audio, sound quality, microphone, mic, camera, call quality, call dropped, dropped call, connection dropped, poor connection, bad connection, echo, screen share, screen sharing, recording, transcript',
    except: 'camera shy',
  },
  {
    id: 'updates',
    label: 'Updates and changes',
    description: 'New versions: what got better or worse with them.',
    terms:
      'update, updated, upgrade, new version, latest version, last update, latest update, old version, previous version, latest release, new release, since the update, changed everything, roll back',
    except: 'update my profile, update my goal, update me, upgrade to premium, status update',
  },
  {
    id: 'coaching',
    label: 'Coaching',
    description: 'The coach, human or not, and how sessions are held.',
    terms: 'coach, coaching, coaches, ai coach, listened, listens, question, advice, mentor, coaching session',
    except: 'security question, support question, frequently asked question, quick question',
    themes: [
      {
        id: 'coaching-ai',
        label: 'AI coach',
        description: 'The coach that is a program.',
        terms: 'ai coach, ai, chatbot, bot, robot, robotic, generic answers, canned answers',
      },
    ],
  },
  {
    id: 'grow-method',
    label: 'GROW method',
    description: 'The steps of the method: goal, reality, options, will.',
    terms: 'grow, goal, reality, options, will step, next step, grow method, exercise, action plan',
    except: 'virtual reality, payment options, export options, more options in, growing list',
  },
  {
    id: 'checkins',
    label: 'Check-ins',
    description: 'Short regular look-backs: check-ins, journals.',
    terms:
      'check in, checkin, check-in, weekly check, journal, journaling, guiding questions, mood tracker, pulse survey',
  },
];
