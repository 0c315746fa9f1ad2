import { isUtf8 } from 'node:buffer';

/**
 * JSON that costs little to refuse, and that no two readers could take for different things: in UTF-8, not nested deeper
 * than anything we read, and without a key that an object holds twice.
 */
export class WrongJson extends Error {
  override name = 'WrongJson';
}

const MAX_LEVELS = 32;

/** Throws WrongJson, whose message says what is wrong. */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new WrongJson('it holds bytes that are not UTF-8.');
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const keys = countKeys(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WrongJson((error as Error).message.slice(0, 200));
  }
  // Of a key that is there twice we would take the last, and what stands before us may have taken the first.
  if (keys !== keysHeld(value)) throw new WrongJson('an object in it has the same key twice.');
  return value;
}

const code = (char: string) => char.charCodeAt(0);
const [COLON, BACKSLASH] = [code(':'), code('\\')];
const [OPENS, CLOSES] = [
  [code('['), code('{')],
  [code(']'), code('}')],
] as const;

/** The colons outside of strings: in what is JSON, each key has one. Throws WrongJson where it is nested too deep. */
function countKeys(text: string): number {
  let keys = 0;
  let levels = 0;
  for (let from = 0; ; ) {
    const quote = text.indexOf('"', from);
    const end = quote < 0 ? text.length : quote;
    for (let at = from; at < end; at++) {
      const char = text.charCodeAt(at);
      if (char === COLON) keys++;
      else if (char === OPENS[0] || char === OPENS[1]) {
        if (++levels > MAX_LEVELS) throw new WrongJson(`it is nested deeper than ${MAX_LEVELS} levels.`);
      } else if (char === CLOSES[0] || char === CLOSES[1]) levels--;
    }
    if (quote < 0) return keys;
    from = endOfString(text, quote) + 1;
    if (from === 0) return keys;
  }
}

/** Where the string ends that begins at a quote; -1 where it does not. */
function endOfString(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((at - first) % 2 === 0) return at;
  }
  return -1;
}

/** The keys of all objects in a value. By `for`, which makes no list of them: each single feedback comes through here. */
function keysHeld(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) for (const one of value) keys += keysHeld(one);
  else
    for (const key in value) {
      const held = (value as Record<string, unknown>)[key];
      keys += typeof held === 'object' ? 1 + keysHeld(held) : 1;
    }
  return keys;
}
