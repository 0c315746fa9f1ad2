const NAME = Buffer.from('"orgId":"');
const END = 0x22;
const BACKSLASH = 0x5c;

/**
 * The orgs that a JSON body names, as far as that can be seen without parsing it; each once for all in a row. None where
 * it is written otherwise than most write it (with spaces, or escapes). Within a string there is no such name, since its quotes
 * would be escaped.
 */
export function* orgsNamedIn(bytes: Buffer): Generator<string> {
  let last: Buffer | undefined;
  for (let at = bytes.indexOf(NAME); at >= 0; at = bytes.indexOf(NAME, at)) {
    at += NAME.length;
    const end = bytes.indexOf(END, at);
    if (end < 0) return;
    const name = bytes.subarray(at, end);
    if (last?.equals(name)) continue;
    if (name.includes(BACKSLASH)) continue;
    last = name;
    yield name.toString('utf8');
  }
}
