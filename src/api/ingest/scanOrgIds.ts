const NAME = '"orgId":"';
const END = '"';
const BACKSLASH = '\\';

/**
 * The orgs that a JSON body names, as far as that can be seen without parsing it; each once for all in a row. None where
 * it is written otherwise than most write it (with spaces, or escapes). Within a string there is no such name, since its quotes
 * would be escaped.
 */
export function* scanOrgIds(body: Buffer): Generator<string> {
  // One character for each byte: text is searched in half the time that bytes are, and is read as UTF-8 only where it is a name.
  const text = body.toString('latin1');
  let last: string | undefined;
  for (let at = text.indexOf(NAME); at >= 0; at = text.indexOf(NAME, at)) {
    at += NAME.length;
    if (last !== undefined && text.startsWith(last, at)) continue;
    const end = text.indexOf(END, at);
    if (end < 0) return;
    const name = text.slice(at, end);
    if (name.includes(BACKSLASH)) continue;
    last = name + END;
    yield Buffer.from(name, 'latin1').toString('utf8');
  }
}
