/** Bytes on their way to a reader, which tells how far they came and whether their source failed. */
export interface TrackedBytes extends AsyncIterable<Buffer> {
  /** number of bytes so far */
  count(): number;
  /** Throws the error of the source, if it failed: readers report it as a fault of the content. */
  throwIfFailed(): void;
}

export function trackBytes(source: AsyncIterable<Buffer>): TrackedBytes {
  let bytes = 0;
  let failure: { error: unknown } | undefined;
  return {
    count: () => bytes,
    throwIfFailed() {
      if (failure) throw failure.error;
    },
    async *[Symbol.asyncIterator]() {
      try {
        for await (const chunk of source) {
          bytes += chunk.length;
          yield chunk;
        }
      } catch (error) {
        failure = { error };
        throw error;
      }
    },
  };
}
