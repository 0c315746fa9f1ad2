import type { Random } from '../support/random.ts';
import type { System } from './system.ts';

/** One way to break something and repair it. */
export interface Fault {
  /** The thing it breaks. Only one fault at a time breaks a thing. */
  target(system: System, random: Random): string;
  /** Breaks the target for the nth time (from 0). Resolves when it is repaired, with a description. */
  inject(system: System, target: string, random: Random, nth: number): Promise<string>;
}
