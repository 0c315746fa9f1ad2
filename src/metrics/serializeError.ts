/** Fields of an error that are logged. */
export interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: LoggedError;
}

/** Max characters of a logged message. */
const MAX_LENGTH = 2_000;
/** Max depth of the chain of causes. */
const MAX_CAUSES = 3;

/**
 * Serializes an error for the log without personal data. Drivers attach commands and documents to their errors and quote
 * them in messages. Only the fields of LoggedError are kept, and text in quotes or braces is removed.
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

/** Stack frames without the message in front of them. */
const framesOf = (stack: string) =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 20)
    .join('\n');
