import { conflictOf, polarFeatures, sigmoid } from '../../../src/analysis/sentiment/calibrate.ts';
import type { Calibration } from '../../../src/analysis/sentiment/weights.ts';
import type { HeldOutScore } from './leaveOut.ts';
import { minimize } from './regression/lbfgs.ts';

interface Case {
  features: number[];
  isTrue: boolean;
  weight: number;
}

/** Fits the calibration on held-out scores. Every data set has the same weight. */
export function fitCalibration(scores: HeldOutScore[]): Calibration {
  const labelled = scores.filter(({ row }) => row.label !== null);
  const isPolar = ({ row }: HeldOutScore) => row.label !== 'neu';
  const [slope = 1, conflict = 0] = fit(
    casesOf(
      labelled.filter(isPolar),
      ({ score }) => [score.logit, conflictOf(score) * score.logit],
      ({ row }) => row.label === 'pos',
    ),
  );
  // A data set without neutral texts would teach that there are none.
  const withNeutral = new Set(labelled.filter((score) => !isPolar(score)).map(({ set }) => set));
  const polar = fit(
    casesOf(
      labelled.filter(({ set }) => withNeutral.has(set)),
      ({ score }) => polarFeatures(score),
      isPolar,
    ),
  );
  return { slope, conflict, polar };
}

/** The weight of a score: 1000 for each data set, shared by its rows. */
function weightBySet(scores: HeldOutScore[]): (score: HeldOutScore) => number {
  const counts = new Map<string, number>();
  for (const { set } of scores) counts.set(set, (counts.get(set) ?? 0) + 1);
  return ({ set }) => 1000 / counts.get(set)!;
}

function casesOf(
  scores: HeldOutScore[],
  features: (score: HeldOutScore) => number[],
  isTrue: (score: HeldOutScore) => boolean,
): Case[] {
  const weightOf = weightBySet(scores);
  return scores.map((score) => ({
    features: features(score),
    isTrue: isTrue(score),
    weight: weightOf(score),
  }));
}

/** Logistic regression with a very small L2 penalty. */
function fit(cases: Case[]): number[] {
  const size = cases[0]?.features.length ?? 0;
  const solution = minimize(
    (point, gradient) => {
      let loss = 0;
      for (let index = 0; index < size; index++) {
        gradient[index] = 0.1 * point[index]!;
        loss += 0.05 * point[index]! * point[index]!;
      }
      for (const { features, isTrue, weight } of cases) {
        let logit = 0;
        for (let index = 0; index < size; index++) logit += point[index]! * features[index]!;
        const probability = sigmoid(logit);
        loss -= weight * Math.log(Math.max(isTrue ? probability : 1 - probability, 1e-12));
        const error = weight * (probability - (isTrue ? 1 : 0));
        for (let index = 0; index < size; index++) gradient[index]! += error * features[index]!;
      }
      return loss;
    },
    size,
    { iterations: 200 },
  );
  return Array.from(solution);
}
