/** A set of hashes that may take a stranger for a member, and never a member for a stranger (Bloom, CACM 1970). */
export interface BloomFilter {
  add(hash: Buffer): void;
  mayHave(hash: Buffer): boolean;
}

/** 2 MB: of 1,000,000 members a stranger in 500 is taken for one, and of 100,000 none to speak of. */
const BITS = 2 ** 24;
/** Each takes four bytes of the hash, which has 16 or more. */
const PLACES = [0, 4, 8, 12];

export function createBloomFilter(): BloomFilter {
  const bytes = new Uint8Array(BITS / 8);
  const placeOf = (hash: Buffer, at: number) => hash.readUInt32LE(at) % BITS;
  return {
    add(hash) {
      for (const at of PLACES) {
        const place = placeOf(hash, at);
        bytes[place >> 3]! |= 1 << (place & 7);
      }
    },
    mayHave: (hash) =>
      PLACES.every((at) => {
        const place = placeOf(hash, at);
        return (bytes[place >> 3]! & (1 << (place & 7))) !== 0;
      }),
  };
}
