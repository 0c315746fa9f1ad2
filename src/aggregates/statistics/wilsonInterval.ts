/** The 97.5th percentile of the normal distribution. */
const Z = 1.959963984540054;

/**
 * 95 % confidence interval of a share, which holds for few cases, too (Wilson, Journal of the American Statistical Association
 * 22, 1927). [0, 1] without observations.
 */
export function wilsonInterval(cases: number, count: number): [low: number, high: number] {
  if (count <= 0) return [0, 1];
  const share = cases / count;
  const middle = share + Z ** 2 / (2 * count);
  const margin = Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  const scale = 1 + Z ** 2 / count;
  return [Math.max(0, (middle - margin) / scale), Math.min(1, (middle + margin) / scale)];
}
