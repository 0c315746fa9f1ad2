import type { Route } from '../route.ts';
import { batchRoute } from './batchRoute.ts';
import { feedbackRoute } from './feedbackRoute.ts';
import { importRoute } from './importRoute.ts';
import { createIntake, type IntakeOptions } from './intake.ts';

export interface IngestOptions extends IntakeOptions {
  /** max bytes of one import, decompressed */
  importBytes: number;
}

/** The routes that accept feedback. Each responds only after the queue has the feedback. */
export function ingestRoutes(options: IngestOptions): Route[] {
  const shared = { ...options, intake: createIntake(options) };
  return [feedbackRoute(shared), batchRoute(shared), importRoute(shared)];
}
