import type { Tokens } from '../text/tokens.ts';
import { BOOSTER, DAMPENER, NEGATOR, POLITE } from '../text/wordClasses.ts';

/** How many figures `readEvidence` gives. */
export const FEATURE_COUNT = 22;
const BOOST = 0.293;
const SHOUT = 0.733;
const NEGATION = -0.74;
const EXCLAMATION = 0.292;

/**
 * What a word list says of the marked tokens from…to−1, by rules in the manner of VADER (Hutto and Gilbert 2014): a
 * word's polarity (−4…4, `polarity[i]`) grows with a booster before it and with capitals, and turns with a negation.
 * Fills `out`; all figures are finite and within a few units of 0.
 */
export function readLexiconFeatures(
  tokens: Tokens,
  from: number,
  to: number,
  polarity: Float64Array,
  out: Float64Array,
): void {
  const { classes, negated, weight, shouted, exclaims, asks, asked: requested, trouble, merit } = tokens;
  let sum = 0;
  let good = 0;
  let bad = 0;
  let goods = 0;
  let bads = 0;
  let best = 0;
  let worst = 0;
  let first = 0;
  let last = 0;
  let exclaimed = 0;
  let asked = 0;
  let negators = 0;
  let shouts = 0;
  let turned = 0;
  let plainWords = 0;
  let requests = 0;
  let faults = 0;
  let deniedFaults = 0;
  let merits = 0;
  for (let at = from; at < to; at++) {
    exclaimed += exclaims[at]!;
    asked += asks[at]!;
    shouts += shouted[at]!;
    requests += requested[at]!;
    if (classes[at]! & NEGATOR) negators++;
    if (trouble[at]! > 0) {
      if (negated[at]) deniedFaults += trouble[at]! * weight[at]!;
      else faults += trouble[at]! * weight[at]!;
    }
    if (merit[at]! > 0 && !requested[at]) {
      if (negated[at]) faults += merit[at]! * weight[at]!;
      else merits += merit[at]! * weight[at]!;
    }
    let value = polarity[at]!;
    if (value === 0 || (requested[at] && classes[at]! & POLITE)) continue;
    const sign = value > 0 ? 1 : -1;
    if (shouted[at]) value += SHOUT * sign;
    for (let back = 1; back <= 3 && at - back >= from; back++) {
      const bits = classes[at - back]!;
      const boost = bits & BOOSTER ? BOOST : bits & DAMPENER ? -BOOST : 0;
      if (boost !== 0) value += boost * sign * (1 - 0.05 * (back - 1));
    }
    value *= weight[at]!;
    if (negated[at]) {
      value *= NEGATION;
      if (sign > 0) turned -= 1;
      else turned += 1;
    } else if ((classes[at]! & NEGATOR) === 0) plainWords++;
    if (value === 0) continue;
    if (first === 0) first = value;
    last = value;
    sum += value;
    if (value > 0) {
      good += value;
      goods++;
      if (value > best) best = value;
    } else {
      bad -= value;
      bads++;
      if (value < worst) worst = value;
    }
  }
  const loud = sum + Math.sign(sum) * EXCLAMATION * Math.min(exclaimed, 4);
  const length = Math.log1p(to - from);
  out[0] = loud / Math.sqrt(loud * loud + 15);
  out[1] = best / 4;
  out[2] = worst / 4;
  out[3] = last / 4;
  out[4] = first / 4;
  out[5] = goods / (goods + bads + 1);
  out[6] = bads / (goods + bads + 1);
  out[7] = good / Math.sqrt(good * good + 15);
  out[8] = bad / Math.sqrt(bad * bad + 15);
  out[9] = Math.sign(sum) * Math.min(exclaimed, 4) * 0.25;
  out[10] = asked > 0 ? 1 : 0;
  out[11] = length - 2.5;
  out[12] = negators > 0 ? 1 : 0;
  out[13] = Math.min(shouts, 4) * 0.25;
  out[14] = goods + bads === 0 ? 1 : 0;
  out[15] = turned / (Math.abs(turned) + 1);
  out[16] = requests > 0 ? 1 : 0;
  out[17] = to > from ? requests / (to - from) : 0;
  out[18] = plainWords === 0 && goods + bads > 0 ? 1 : 0;
  out[19] = faults / (faults + 1);
  out[20] = deniedFaults / (deniedFaults + 1);
  out[21] = merits / (merits + 1);
}
