import type { Random } from '../../support/random.ts';
import type { Desk, TextRequest } from './desk.ts';
import { composeEnglish } from './en/compose.ts';
import { composeOther } from './other/compose.ts';
import { tidy, typeOut } from './style.ts';

/** Writes texts one after the other, and avoids repeating one. */
export function createWriter(random: Random): (request: TextRequest) => string {
  const uses = new Map<unknown, number>();
  const written = new Set<string>();

  const fresh = <T>(items: readonly T[]): T => {
    const [a, b] = [random.pick(items), random.pick(items)];
    const choice = (uses.get(b) ?? 0) < (uses.get(a) ?? 0) ? b : a;
    uses.set(choice, (uses.get(choice) ?? 0) + 1);
    return choice;
  };

  return (request) => {
    const desk: Desk = { request, random, fresh };
    let text = '';
    for (let tries = 0; tries < 8; tries++) {
      const composed = request.language === 'en' ? composeEnglish(desk) : composeOther(desk);
      if (composed.short) return composed.text;
      text = tidy(composed.text);
      const key = text.toLowerCase().replace(/[^\p{L}\d]+/gu, ' ');
      if (!written.has(key)) {
        written.add(key);
        break;
      }
    }
    return typeOut(text, request.style, request.mood, random);
  };
}
