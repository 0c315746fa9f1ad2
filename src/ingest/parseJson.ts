import { isUtf8 } from 'node:buffer';

/** Invalid JSON; the message gives the reason. */
export class WrongJson extends Error {
  override name = 'WrongJson';
}

/** Max levels of nested arrays and objects. */
const MAX_LEVELS = 32;

/** Parses JSON in UTF-8, see `parseJsonText`. Throws WrongJson. */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new WrongJson('it holds bytes that are not UTF-8.');
  return parseJsonText(bytes.toString('utf8').replace(/^\ufeff/, ''));
}

/**
 * Parses JSON strictly, so that every reader gets the same value: bounded nesting, no duplicate keys in an object.
 *
 * @throws WrongJson
 */
export function parseJsonText(text: string): unknown {
  const keys = countKeys(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WrongJson((error as Error).message.slice(0, 200));
  }
  // JSON.parse keeps the last of duplicate keys. A proxy in front of this service may have read the first.
  if (keys !== keysHeld(value)) throw new WrongJson('an object in it has the same key twice.');
  return value;
}

const code = (char: string) => char.charCodeAt(0);
const COLON = code(':');
const BACKSLASH = code('\\');
const [OPEN_ARRAY, CLOSE_ARRAY] = [code('['), code(']')];
const [OPEN_OBJECT, CLOSE_OBJECT] = [code('{'), code('}')];

/** Colons outside strings, of which valid JSON has one per key. Throws WrongJson for deep nesting. */
function countKeys(text: string): number {
  let keys = 0;
  let levels = 0;
  for (let from = 0; ; ) {
    const quote = text.indexOf('"', from);
    const end = quote < 0 ? text.length : quote;
    for (let index = from; index < end; index++) {
      const char = text.charCodeAt(index);
      if (char === COLON) keys++;
      else if (char === OPEN_ARRAY || char === OPEN_OBJECT) {
        if (++levels > MAX_LEVELS) throw new WrongJson(`it is nested deeper than ${MAX_LEVELS} levels.`);
      } else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) levels--;
    }
    if (quote < 0) return keys;
    from = endOfString(text, quote) + 1;
    if (from === 0) return keys;
  }
}

/** Index of the quote that ends the string, or -1. */
function endOfString(text: string, quote: number): number {
  for (let end = text.indexOf('"', quote + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}

/** Number of keys of all objects in a value. `for` allocates no list of them, which matters for single feedback. */
function keysHeld(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) for (const item of value) keys += keysHeld(item);
  else
    for (const key in value) {
      const held = (value as Record<string, unknown>)[key];
      keys += typeof held === 'object' ? 1 + keysHeld(held) : 1;
    }
  return keys;
}
