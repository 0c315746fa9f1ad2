/** The first bytes of a stream, and the whole stream with them. */
interface Peeked {
  /** at least as many bytes as asked for, unless the stream is shorter */
  head: Buffer;
  /** all bytes, `head` first; one pass */
  all: AsyncGenerator<Buffer>;
  /** Ends the source, read or not. */
  close(): Promise<void>;
}

/** Reads at least `minBytes` of a stream ahead. */
export async function peekBytes(bytes: AsyncIterable<Buffer>, minBytes: number): Promise<Peeked> {
  const source = bytes[Symbol.asyncIterator]();
  const close = async () => {
    await source.return?.();
  };
  const head = await readAtLeast(source, minBytes);
  async function* replay(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head;
      for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
    } finally {
      await close();
    }
  }
  return { head, all: replay(), close };
}

/** Bytes from a source until there are `minBytes`, or its end. `first`: bytes that are there already. */
export async function readAtLeast(source: AsyncIterator<Buffer>, minBytes: number, first?: Buffer): Promise<Buffer> {
  const chunks = first ? [first] : [];
  let size = first?.length ?? 0;
  while (size < minBytes) {
    const next = await source.next();
    if (next.done) break;
    chunks.push(next.value);
    size += next.value.length;
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
