/** A set of hashes with false positives and no false negatives (Bloom, CACM 1970). */
export interface BloomFilter {
  add(hash: Buffer): void;
  mayHave(hash: Buffer): boolean;
}

/** Size: 2 MB. False positives: 1 in 500 with 1,000,000 members, next to none with 100,000. */
const BITS = 2 ** 24;
/** Offsets of the four-byte words of a hash that each pick one bit. A hash has 16 bytes or more. */
const WORD_OFFSETS = [0, 4, 8, 12];

export function createBloomFilter(): BloomFilter {
  const bytes = new Uint8Array(BITS / 8);
  const bitOf = (hash: Buffer, offset: number) => hash.readUInt32LE(offset) % BITS;
  return {
    add(hash) {
      for (const offset of WORD_OFFSETS) {
        const bit = bitOf(hash, offset);
        bytes[bit >> 3]! |= 1 << (bit & 7);
      }
    },
    mayHave: (hash) =>
      WORD_OFFSETS.every((offset) => {
        const bit = bitOf(hash, offset);
        return (bytes[bit >> 3]! & (1 << (bit & 7))) !== 0;
      }),
  };
}
