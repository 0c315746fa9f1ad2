import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';
import { serializeError } from '../metrics/serializeError.ts';

/** The log of this process, as JSON lines on stderr. */
export function createLog(level: Config['LOG_LEVEL']): Logger {
  return pino({ level, serializers: { err: serializeError } }, pino.destination({ fd: 2 }));
}
