/** What the learned model knows. All weights are in units of the logit of 'positive'. */
export interface Weights {
  words: {
    hashes: Int32Array;
    /** of the word as it stands, and negated */
    plain: Float64Array;
    negated: Float64Array;
    /** what word lists say, −4…4; 0 for most */
    polarity: Float64Array;
  };
  /** of two words that follow each other; see `pairAt` */
  pairs: { hashes: Int32Array; weight: Float64Array };
  evidence: number[];
  bias: number;
  calibration: Calibration;
}

/** How a logit becomes chances; fitted on texts of kinds that were not trained on. */
export interface Calibration {
  /** P(positive | it has a leaning) = σ((slope + conflict · `conflictOf`) · logit) */
  slope: number;
  conflict: number;
  /** P(it has a leaning) = σ(leaning · `leaningFeatures`) */
  leaning: number[];
}

/** Weights as they are stored: numbers beside one string of base64. */
export interface PackedWeights {
  words: number;
  pairs: number;
  scales: { plain: number; negated: number; polarity: number; pairs: number };
  evidence: number[];
  bias: number;
  calibration: Calibration;
  /** word hashes, three columns of int8 for words, pair hashes, one column; hashes ascend, as differences in base 128 */
  bytes: string;
}

/** Reads packed weights. Throws on none: they are part of the code. */
export function unpackWeights(packed: PackedWeights): Weights {
  const text = atob(packed.bytes);
  let at = 0;
  const hashes = (size: number) => {
    const out = new Int32Array(size);
    let hash = 0;
    for (let row = 0; row < size; row++) {
      let step = 0;
      let unit = 1;
      for (;;) {
        const byte = text.charCodeAt(at++);
        step += (byte & 127) * unit;
        if (byte < 128) break;
        unit *= 128;
      }
      hash += step;
      out[row] = hash | 0;
    }
    return out;
  };
  const column = (size: number, scale: number) => {
    const out = new Float64Array(size);
    for (let row = 0; row < size; row++) out[row] = ((text.charCodeAt(at++) << 24) >> 24) * scale;
    return out;
  };
  const { scales, evidence, bias, calibration } = packed;
  const words = {
    hashes: hashes(packed.words),
    plain: column(packed.words, scales.plain),
    negated: column(packed.words, scales.negated),
    polarity: column(packed.words, scales.polarity),
  };
  const pairs = { hashes: hashes(packed.pairs), weight: column(packed.pairs, scales.pairs) };
  return { words, pairs, evidence, bias, calibration };
}
