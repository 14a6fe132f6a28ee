import { type Logger, pino } from 'pino';
import type { Settings } from '../settings.js';

/** Logs to stderr: readable on a terminal, JSON lines otherwise. stdout is for results. */
export async function createLogger(settings: Settings, name: string): Promise<Logger> {
  const options = { level: settings.LOG_LEVEL, base: { pid: process.pid, name } };
  if (!process.stderr.isTTY) return pino(options, pino.destination({ dest: 2, sync: true }));
  const { default: pretty } = await import('pino-pretty');
  return pino(
    options,
    pretty({
      colorize: pretty.isColorSupported,
      destination: 2,
      sync: true,
      ignore: 'hostname',
    }),
  );
}
