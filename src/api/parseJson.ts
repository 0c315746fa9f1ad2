import { isUtf8 } from 'node:buffer';

/** JSON that no two readers could take for different things: in UTF-8, and without a key that an object holds twice. */
export class WrongJson extends Error {
  override name = 'WrongJson';
}

/** Throws WrongJson, whose message says what is wrong. */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new WrongJson('it holds bytes that are not UTF-8.');
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WrongJson((error as Error).message.slice(0, 200));
  }
  // What reads a key that is there twice may take the first or the last, and something before us may have taken the other.
  if (keysWritten(text) !== keysHeld(value)) throw new WrongJson('an object in it has the same key twice.');
  return value;
}

const [COLON, BACKSLASH] = [':'.charCodeAt(0), '\\'.charCodeAt(0)];

/** Of valid JSON: the colons outside of strings, of which each key has one. */
function keysWritten(text: string): number {
  let keys = 0;
  let from = 0;
  for (;;) {
    const opens = text.indexOf('"', from);
    const end = opens < 0 ? text.length : opens;
    for (let at = from; at < end; at++) if (text.charCodeAt(at) === COLON) keys++;
    if (opens < 0) return keys;
    let closes = text.indexOf('"', opens + 1);
    while (isEscaped(text, closes)) closes = text.indexOf('"', closes + 1);
    from = closes + 1;
  }
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

/** The keys of all objects in a value. Not by recursion: JSON may be nested deeper than the stack is. */
function keysHeld(value: unknown): number {
  let keys = 0;
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const held = Object.values(next);
    if (!Array.isArray(next)) keys += held.length;
    for (const one of held) if (typeof one === 'object' && one !== null) open.push(one);
  }
  return keys;
}
