import type { PackedWeights, Weights } from '../../../src/analysis/sentiment/weights.ts';

/** Packs weights into int8 columns and differences of hashes. Numbers are rounded to six digits. */
export function packWeights({ words, pairs, evidence, bias, calibration }: Weights): PackedWeights {
  const bytes: number[] = [];
  const pushHashes = (hashes: Int32Array) => {
    let before = 0;
    for (const hash of hashes) {
      let step = (hash >>> 0) - before;
      before = hash >>> 0;
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
    evidence: evidence.map(rounded),
    bias: rounded(bias),
    calibration: {
      slope: rounded(calibration.slope),
      conflict: rounded(calibration.conflict),
      leaning: calibration.leaning.map(rounded),
    },
    bytes: Buffer.from(bytes).toString('base64'),
  };
}

/** One unit of a column: the few largest values are cut, so that the others keep their detail. */
function scaleOf(column: Float64Array): number {
  const sizes = column.map(Math.abs).sort();
  return rounded((sizes[Math.floor(sizes.length * 0.999)] ?? 0) / 127) || 1e-6;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
