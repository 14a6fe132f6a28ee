import { type Logger, pino } from 'pino';
import type { Settings } from '../settings.js';

/** Thirty modules that only somebody at a terminal needs. */
const pretty = process.stderr.isTTY ? await import('pino-pretty') : undefined;

/** The log goes to stderr: readable on a terminal, JSON lines otherwise. stdout is for results. */
export function createLogger(settings: Settings, name: string): Logger {
  const options = { level: settings.LOG_LEVEL, base: { pid: process.pid, name } };
  if (pretty === undefined) return pino(options, pino.destination({ dest: 2, sync: true }));
  return pino(
    options,
    pretty.default({
      colorize: pretty.isColorSupported,
      destination: 2,
      sync: true,
      ignore: 'hostname',
    }),
  );
}
