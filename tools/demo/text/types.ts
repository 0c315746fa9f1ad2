export type TopicId =
  | 'accessibility'
  | 'actions'
  | 'ai'
  | 'billing'
  | 'calendar'
  | 'calls'
  | 'checkins'
  | 'coach'
  | 'content'
  | 'crashes'
  | 'design'
  | 'export'
  | 'goals'
  | 'integrations'
  | 'language'
  | 'login'
  | 'method'
  | 'mobile'
  | 'notifications'
  | 'onboarding'
  | 'performance'
  | 'privacy'
  | 'reports'
  | 'search'
  | 'sessions'
  | 'support'
  | 'sync'
  | 'teams';

/** How pleased the writer is, from worst to best: the five steps of a rating. */
export type Mood = 'angry' | 'annoyed' | 'mixed' | 'content' | 'glad';

/**
 * One thing people say about a topic. All strings are patterns (see expand.ts) without a capital or a full stop.
 * `say`: a clause that stands alone. `more`: a sentence that can follow any of `say`. `as`: the same as a noun phrase.
 */
export interface Point {
  say: readonly string[];
  more: readonly string[];
  as: readonly string[];
}

/** `want` follows "let me …"; `add` follows "please add …"; `ask` is a whole question. */
export interface Topic {
  id: TopicId;
  /** Only said of sessions of this type. */
  only?: SessionType;
  bad: readonly Point[];
  good: readonly Point[];
  want: readonly string[];
  add: readonly string[];
  ask: readonly string[];
}

export type SessionType = 'coach-led' | 'self-guided';

export type Language = 'en' | 'de' | 'fr' | 'es' | 'pt' | 'ja' | 'pl';
