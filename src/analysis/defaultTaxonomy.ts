import type { Taxonomy } from './taxonomy.ts';

/** Themes that teams of software products use, and those of coaching sessions. */
export const defaultTaxonomy: Taxonomy = [
  {
    id: 'onboarding',
    label: 'Onboarding',
    terms:
      'onboarding, getting started, get started, first steps, tutorial, walkthrough, setup, set up, first week, rolling it out',
  },
  {
    id: 'performance',
    label: 'Performance',
    terms:
      'slow, slower, slowness, fast, faster, quick, quicker, speed, lag, laggy, loading, load time, takes forever, freeze, frozen, spinner, performance, sluggish, seconds per page',
  },
  {
    id: 'reliability',
    label: 'Reliability',
    terms:
      'crash, bug, buggy, error, broken, fail, failure, outage, down, glitch, does not work, not working, stopped working, lost my',
  },
  {
    id: 'usability',
    label: 'Usability',
    terms:
      'easy to use, hard to use, confusing, intuitive, unintuitive, complicated, usability, clunky, user friendly, cumbersome, too many clicks, keyboard shortcut',
  },
  {
    id: 'navigation',
    label: 'Navigation',
    terms: 'navigation, navigate, menu, sidebar, find anything, back button, tab, breadcrumb',
  },
  {
    id: 'design',
    label: 'Design',
    terms: 'design, interface, layout, look, looks, dark mode, font, color, colour, ugly, beautiful, ui',
  },
  {
    id: 'pricing',
    label: 'Pricing',
    terms:
      'price, pricing, expensive, cheap, cost, afford, subscription, free plan, discount, money, worth it',
  },
  {
    id: 'billing',
    label: 'Billing',
    terms: 'billing, invoice, charged, refund, payment, receipt, credit card, vat, charged twice',
  },
  {
    id: 'support',
    label: 'Support',
    terms:
      'customer support, support team, support ticket, customer service, helpdesk, help desk, ticket, response time, answered',
  },
  {
    id: 'documentation',
    label: 'Documentation',
    terms: 'documentation, docs, help page, help article, faq, manual, guide',
  },
  {
    id: 'integrations',
    label: 'Integrations',
    terms: 'integration, integrate, slack, zapier, api, webhook, teams, plugin',
  },
  {
    id: 'calendar',
    label: 'Calendar',
    terms:
      'calendar, google calendar, outlook, schedule, scheduling, reschedule, booking, book, buffer, time zone, timezone',
  },
  {
    id: 'mobile',
    label: 'Mobile',
    terms: 'mobile, phone, iphone, android, tablet, ipad, app store, offline, fairphone',
  },
  { id: 'search', label: 'Search', terms: 'search, searching, filter, search result, cannot find' },
  {
    id: 'notifications',
    label: 'Notifications',
    terms: 'notification, notify, reminder, remind, push, email alert, alert, snooze',
  },
  {
    id: 'reporting',
    label: 'Reporting',
    terms: 'report, reporting, dashboard, chart, analytics, statistics, progress view, team view',
  },
  { id: 'export', label: 'Export', terms: 'export, csv, pdf, download, spreadsheet, excel' },
  {
    id: 'collaboration',
    label: 'Collaboration',
    terms: 'collaborate, collaboration, share with, shared, team member, group session, comment, invite',
  },
  {
    id: 'accessibility',
    label: 'Accessibility',
    terms: 'accessibility, screen reader, contrast, larger text, colour blind, color blind, captions',
  },
  {
    id: 'localization',
    label: 'Languages',
    terms:
      'translation, translate, translated, language, localization, german version, spanish version, in english',
  },
  {
    id: 'privacy-security',
    label: 'Privacy and security',
    terms: 'privacy, private, security, secure, gdpr, data protection, confidential, two factor',
  },
  {
    id: 'account-access',
    label: 'Account and sign-in',
    terms: 'login, log in, sign in, signin, password, sso, account, locked out, logged out',
  },
  {
    id: 'customization',
    label: 'Customization',
    terms: 'customize, customise, custom, template, settings, configure, preference, personalize',
  },
  {
    id: 'coaching',
    label: 'Coaching',
    terms: 'coach, coaching, coaches, ai coach, listened, listens, question, advice',
  },
  {
    id: 'grow-method',
    label: 'GROW method',
    terms: 'grow, goal, reality, options, will step, next step, grow method, exercise, action plan',
  },
  {
    id: 'checkins',
    label: 'Check-ins',
    terms: 'check in, checkin, check-in, weekly check, journal, guiding questions',
  },
];
