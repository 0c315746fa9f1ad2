import type { Taxonomy } from './taxonomy.ts';

/** Themes that teams of software products use, and those of coaching sessions. */
export const defaultTaxonomy: Taxonomy = [
  {
    id: 'onboarding',
    label: 'Onboarding',
    description: 'Onboarding.',
    terms:
      'onboarding, getting started, get started, first steps, tutorial, walkthrough, setup, set up, first week, rolling it out',
  },
  {
    id: 'performance',
    label: 'Performance',
    description: 'Performance.',
    terms:
      'slow, slower, slowness, fast, faster, quick, quicker, speed, lag, laggy, loading, load time, takes forever, freeze, frozen, spinner, performance, sluggish, seconds per page',
  },
  {
    id: 'reliability',
    label: 'Reliability',
    description: 'Reliability.',
    terms:
      'crash, bug, buggy, error, broken, fail, failure, outage, down, glitch, does not work, not working, stopped working, lost my',
  },
  {
    id: 'usability',
    label: 'Usability',
    description: 'Usability.',
    terms:
      'easy to use, hard to use, confusing, intuitive, unintuitive, complicated, usability, clunky, user friendly, cumbersome, too many clicks, keyboard shortcut',
  },
  {
    id: 'navigation',
    label: 'Navigation',
    description: 'Navigation.',
    terms: 'navigation, navigate, menu, sidebar, find anything, back button, tab, breadcrumb',
  },
  {
    id: 'design',
    label: 'Design',
    description: 'Design.',
    terms: 'design, interface, layout, look, looks, dark mode, font, color, colour, ugly, beautiful, ui',
  },
  {
    id: 'pricing',
    label: 'Pricing',
    description: 'Pricing.',
    terms:
      'price, pricing, expensive, cheap, cost, afford, subscription, free plan, discount, money, worth it',
  },
  {
    id: 'billing',
    label: 'Billing',
    description: 'Billing.',
    terms: 'billing, invoice, charged, refund, payment, receipt, credit card, vat, charged twice',
  },
  {
    id: 'support',
    label: 'Support',
    description: 'Support.',
    terms:
      'customer support, support team, support ticket, customer service, helpdesk, help desk, ticket, response time, answered',
  },
  {
    id: 'documentation',
    label: 'Documentation',
    description: 'Documentation.',
    terms: 'documentation, docs, help page, help article, faq, manual, guide',
  },
  {
    id: 'integrations',
    label: 'Integrations',
    description: 'Integrations.',
    terms: 'integration, integrate, slack, zapier, api, webhook, teams, plugin',
  },
  {
    id: 'calendar',
    label: 'Calendar',
    description: 'Calendar.',
    terms:
      'calendar, google calendar, outlook, schedule, scheduling, reschedule, booking, book, buffer, time zone, timezone',
  },
  {
    id: 'mobile',
    label: 'Mobile',
    description: 'Mobile.',
    terms: 'mobile, phone, iphone, android, tablet, ipad, app store, offline, fairphone',
  },
  {
    id: 'search',
    label: 'Search',
    description: 'Search.',
    terms: 'search, searching, filter, search result, cannot find',
  },
  {
    id: 'notifications',
    label: 'Notifications',
    description: 'Notifications.',
    terms: 'notification, notify, reminder, remind, push, email alert, alert, snooze',
  },
  {
    id: 'reporting',
    label: 'Reporting',
    description: 'Reporting.',
    terms: 'report, reporting, dashboard, chart, analytics, statistics, progress view, team view',
  },
  {
    id: 'export',
    label: 'Export',
    description: 'Export.',
    terms: 'export, csv, pdf, download, spreadsheet, excel file, excel sheet',
  },
  {
    id: 'collaboration',
    label: 'Collaboration',
    description: 'Collaboration.',
    terms: 'collaborate, collaboration, share with, shared, team member, group session, comment, invite',
  },
  {
    id: 'accessibility',
    label: 'Accessibility',
    description: 'Accessibility.',
    terms: 'accessibility, screen reader, contrast, larger text, colour blind, color blind, captions',
  },
  {
    id: 'localization',
    label: 'Languages',
    description: 'Languages.',
    terms:
      'translation, translate, translated, language, localization, german version, spanish version, in english',
  },
  {
    id: 'privacy-security',
    label: 'Privacy and security',
    description: 'Privacy and security.',
    terms: 'privacy, private, security, secure, gdpr, data protection, confidential, two factor',
  },
  {
    id: 'account-access',
    label: 'Account and sign-in',
    description: 'Account and sign-in.',
    terms: 'login, log in, sign in, signin, password, sso, account, locked out, logged out',
  },
  {
    id: 'customization',
    label: 'Customization',
    description: 'Customization.',
    terms: 'customize, customise, custom, template, settings, configure, preference, personalize',
  },
  {
    id: 'coaching',
    label: 'Coaching',
    description: 'Coaching.',
    terms: 'coach, coaching, coaches, ai coach, listened, listens, question, advice',
  },
  {
    id: 'grow-method',
    label: 'GROW method',
    description: 'GROW method.',
    terms: 'grow, goal, reality, options, will step, next step, grow method, exercise, action plan',
  },
  {
    id: 'checkins',
    label: 'Check-ins',
    description: 'Check-ins.',
    terms: 'check in, checkin, check-in, weekly check, journal, guiding questions',
  },
];
