import type { Random } from '../../support/random.ts';
import type { Slots } from './expand.ts';
import type { Style } from './style.ts';
import type { Language, Mood, SessionType, TopicId } from './types.ts';

export type Side = 'bad' | 'good' | 'wish';

/** The writer, their mood, and the stories around them. */
export interface TextRequest {
  language: Language;
  mood: Mood;
  /** 0 (a word) to 1 (a page). */
  verbosity: number;
  style: Style;
  slots: Slots;
  session: SessionType | undefined;
  /** Looks after a team's or an org's accounts. */
  manages: boolean;
  /** How likely the writer is to bring a topic up on that side; 0 for never. */
  weigh: (topic: TopicId, side: Side) => number;
  scene: Scene;
}

export interface Scene {
  /** The writer's org is slow since its data moved. */
  migrated: boolean;
  /** The release that repairs the reminders is out. */
  released: boolean;
  /** The writer sees the guided check-in. */
  guided: boolean;
  /** The writer speaks for the product. */
  promoter: boolean;
}

/** Tools of a composer: the request, chance, and a choice that prefers the least used option. */
export interface Desk {
  request: TextRequest;
  random: Random;
  fresh: <T>(items: readonly T[]) => T;
}
