import type { PackedWeights, Weights } from '../../../src/analysis/sentiment/weights.ts';

/** Packs weights for the weights file (see `PackedWeights`). Other numbers are rounded to six digits. */
export function packWeights({ words, pairs, features, bias, calibration }: Weights): PackedWeights {
  const bytes: number[] = [];
  const pushHashes = (hashes: Int32Array) => {
    let previous = 0;
    for (const hash of hashes) {
      let step = (hash >>> 0) - previous;
      previous = hash >>> 0;
      while (step >= 128) {
        bytes.push((step % 128) | 128);
        step = Math.floor(step / 128);
      }
      bytes.push(step);
    }
  };
  const pushColumn = (column: Float64Array) => {
    const scale = scaleOf(column);
    for (const value of column) {
      const unit = Math.max(-127, Math.min(127, Math.round(value / scale)));
      bytes.push(unit & 255);
    }
    return scale;
  };
  pushHashes(words.hashes);
  const scales = {
    plain: pushColumn(words.plain),
    negated: pushColumn(words.negated),
    polarity: pushColumn(words.polarity),
    pairs: 0,
  };
  pushHashes(pairs.hashes);
  scales.pairs = pushColumn(pairs.weight);
  return {
    words: words.hashes.length,
    pairs: pairs.hashes.length,
    scales,
    evidence: features.map(rounded),
    bias: rounded(bias),
    calibration: {
      slope: rounded(calibration.slope),
      conflict: rounded(calibration.conflict),
      leaning: calibration.polar.map(rounded),
    },
    bytes: Buffer.from(bytes).toString('base64'),
  };
}

/** The step of an int8 column. The largest 0.1 % of values are clipped, so that the others keep their precision. */
function scaleOf(column: Float64Array): number {
  const sizes = column.map(Math.abs).sort();
  return rounded((sizes[Math.floor(sizes.length * 0.999)] ?? 0) / 127) || 1e-6;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
