import type { Random } from '../../support/random.ts';

/** Values of a pattern's `<name>` slots. */
export type Slots = Readonly<Record<string, string>>;

type Part = string | { slot: string } | { options: Part[][] };

const compiled = new Map<string, Part[]>();

/**
 * Text from a pattern: `{a|b|c}` is one of its options (they nest, and may be empty), `<name>` is a slot's value.
 * Throws when a brace has no partner or a slot has no value.
 */
export function expand(pattern: string, random: Random, slots: Slots): string {
  let parts = compiled.get(pattern);
  if (parts === undefined) {
    parts = compile(pattern);
    compiled.set(pattern, parts);
  }
  return render(parts, random, slots).replace(/ {2,}/g, ' ').trim();
}

function render(parts: readonly Part[], random: Random, slots: Slots): string {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else if ('slot' in part) {
      const value = slots[part.slot];
      if (value === undefined) throw new Error(`No value for <${part.slot}>`);
      text += value;
    } else text += render(random.pick(part.options), random, slots);
  }
  return text;
}

function compile(pattern: string): Part[] {
  let at = 0;

  function sequence(inside: boolean): Part[] {
    const parts: Part[] = [];
    while (at < pattern.length) {
      const char = pattern[at]!;
      if (char === '{') {
        at++;
        parts.push({ options: options() });
      } else if (inside && (char === '|' || char === '}')) {
        return parts;
      } else if (char === '}') {
        throw new Error(`Stray } in "${pattern}"`);
      } else if (char === '<') {
        const end = pattern.indexOf('>', at);
        parts.push({ slot: pattern.slice(at + 1, end) });
        at = end + 1;
      } else {
        const end = pattern.slice(at).search(/[{}|<]/);
        const stop = end <= 0 ? (end === 0 ? at + 1 : pattern.length) : at + end;
        parts.push(pattern.slice(at, stop));
        at = stop;
      }
    }
    if (inside) throw new Error(`Missing } in "${pattern}"`);
    return parts;
  }

  function options(): Part[][] {
    const all: Part[][] = [];
    for (;;) {
      all.push(sequence(true));
      if (pattern[at++] === '}') return all;
    }
  }

  return sequence(false);
}
