import { conflictOf, leaningFeatures, sigmoid } from '../../../src/analysis/sentiment/calibrate.ts';
import type { Calibration } from '../../../src/analysis/sentiment/weights.ts';
import type { Reading } from './leaveOut.ts';
import { minimize } from './regression/lbfgs.ts';

interface Case {
  features: number[];
  isTrue: boolean;
  weight: number;
}

/** Fits how logits become chances, on readings out of family; every set counts the same. */
export function fitCalibration(readings: Reading[]): Calibration {
  const labelled = readings.filter(({ row }) => row.label !== null);
  const isPolar = ({ row }: Reading) => row.label !== 'neu';
  const [slope = 1, conflict = 0] = fit(
    casesOf(
      labelled.filter(isPolar),
      ({ leaning }) => [leaning.logit, conflictOf(leaning) * leaning.logit],
      ({ row }) => row.label === 'pos',
    ),
  );
  // Sets without neutral texts would teach that there are none.
  const withNeutral = new Set(labelled.filter((one) => !isPolar(one)).map(({ set }) => set));
  const leaning = fit(
    casesOf(
      labelled.filter(({ set }) => withNeutral.has(set)),
      (one) => leaningFeatures(one.leaning),
      isPolar,
    ),
  );
  return { slope, conflict, leaning };
}

function weights(readings: Reading[]): (reading: Reading) => number {
  const counts = new Map<string, number>();
  for (const { set } of readings) counts.set(set, (counts.get(set) ?? 0) + 1);
  return ({ set }) => 1000 / counts.get(set)!;
}

function casesOf(
  readings: Reading[],
  features: (reading: Reading) => number[],
  isTrue: (reading: Reading) => boolean,
): Case[] {
  const weightOf = weights(readings);
  return readings.map((one) => ({ features: features(one), isTrue: isTrue(one), weight: weightOf(one) }));
}

/** Plain logistic regression with next to no penalty. */
function fit(cases: Case[]): number[] {
  const size = cases[0]?.features.length ?? 0;
  const solution = minimize(
    (point, gradient) => {
      let loss = 0;
      for (let at = 0; at < size; at++) {
        gradient[at] = 0.1 * point[at]!;
        loss += 0.05 * point[at]! * point[at]!;
      }
      for (const { features, isTrue, weight } of cases) {
        let logit = 0;
        for (let at = 0; at < size; at++) logit += point[at]! * features[at]!;
        const chance = sigmoid(logit);
        loss -= weight * Math.log(Math.max(isTrue ? chance : 1 - chance, 1e-12));
        const error = weight * (chance - (isTrue ? 1 : 0));
        for (let at = 0; at < size; at++) gradient[at]! += error * features[at]!;
      }
      return loss;
    },
    size,
    { iterations: 200 },
  );
  return Array.from(solution);
}
