/** What may stand in a log of an error. */
export interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: LoggedError;
}

const MAX_LENGTH = 2_000;
const MAX_CAUSES = 3;

/**
 * An error as it is logged. Drivers hang what they were given on their errors (a command with all of a job, a document with
 * its text) and quote it in their messages, so only what is named here is taken, and nothing in quotes or braces.
 */
export function serializeError(error: unknown, causes = MAX_CAUSES): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: '' };
  const { name, message, code, stack, cause } = error as Error & { code?: unknown };
  return {
    type: name,
    message: withoutValues(message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(stack !== undefined && { stack: framesOf(stack) }),
    ...(cause instanceof Error && causes > 0 && { cause: serializeError(cause, causes - 1) }),
  };
}

function withoutValues(message: string): string {
  return message
    .slice(0, MAX_LENGTH)
    .replace(/"[^"]*(?:"|$)/g, '"…"')
    .replace(/'[^']*(?:'|$)/g, "'…'")
    .replace(/\{[^{}]*(?:\}|$)/g, '{…}');
}

/** Without the message, which stands before them. */
const framesOf = (stack: string) =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 20)
    .join('\n');
