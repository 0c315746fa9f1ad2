/** The learned model. All weights are in units of the logit of 'positive'. */
export interface Weights {
  words: {
    hashes: Int32Array;
    /** weight of the plain word and of the negated word */
    plain: Float64Array;
    negated: Float64Array;
    /** polarity in the lexicons, −4 to 4; 0 for most words */
    polarity: Float64Array;
  };
  /** weights of two adjacent words (bigrams); see `pairAt` */
  pairs: { hashes: Int32Array; weight: Float64Array };
  /** weights of the lexicon features, by `FEATURE` */
  features: number[];
  bias: number;
  calibration: Calibration;
}

/** Coefficients that turn a score into probabilities. Fitted on texts of families that the model did not learn from. */
export interface Calibration {
  /** P(positive | polar) = σ((slope + conflict · `conflictOf`) · logit) */
  slope: number;
  conflict: number;
  /** P(polar) = σ(polar · `polarFeatures`) */
  polar: number[];
}

/** Weights as stored: numbers and one string of base64. The names of the fields are those of the stored file. */
export interface PackedWeights {
  words: number;
  pairs: number;
  scales: { plain: number; negated: number; polarity: number; pairs: number };
  /** `Weights.features` */
  evidence: number[];
  bias: number;
  /** `leaning` is `Calibration.polar` */
  calibration: { slope: number; conflict: number; leaning: number[] };
  /**
   * word hashes, three int8 columns of words, pair hashes, one int8 column of pairs; hashes ascend and are stored as
   * differences in base 128, low digits first
   */
  bytes: string;
}

/** Unpacks weights. Does not check them: they are part of the code. */
export function unpackWeights(packed: PackedWeights): Weights {
  const text = atob(packed.bytes);
  let offset = 0;
  const hashes = (size: number) => {
    const out = new Int32Array(size);
    let hash = 0;
    for (let row = 0; row < size; row++) {
      let step = 0;
      let unit = 1;
      for (;;) {
        const byte = text.charCodeAt(offset++);
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
    for (let row = 0; row < size; row++) out[row] = ((text.charCodeAt(offset++) << 24) >> 24) * scale;
    return out;
  };
  const { scales, evidence, bias, calibration } = packed;
  const { slope, conflict, leaning } = calibration;
  const words = {
    hashes: hashes(packed.words),
    plain: column(packed.words, scales.plain),
    negated: column(packed.words, scales.negated),
    polarity: column(packed.words, scales.polarity),
  };
  const pairs = { hashes: hashes(packed.pairs), weight: column(packed.pairs, scales.pairs) };
  return { words, pairs, features: evidence, bias, calibration: { slope, conflict, polar: leaning } };
}
