import { type Logger, pino } from 'pino';
import type { Settings } from '../settings.js';
import { BoundedOutput } from '../standard-streams.js';
import { throttleByMessage } from './log-throttle.js';

/** The loggers of a process. */
export interface Loggers {
  readonly log: Logger;
  /** For what requests cause: repeated warnings and errors are suppressed. */
  readonly requestLog: Logger;
}

/**
 * Logs to stderr: readable on a terminal, JSON lines otherwise. stdout is for results. No log waits for
 * the reader of stderr: what finds no room is dropped, and the number of dropped lines is logged.
 */
export async function createLoggers(settings: Settings, name: string): Promise<Loggers> {
  const { LOG_LEVEL: level } = settings;
  const base = { pid: process.pid, name };
  const format = process.stderr.isTTY ? await createPrettifier() : (line: string) => line;
  const output = new BoundedOutput(process.stderr, (dropped) =>
    format(`${JSON.stringify({ level: 40, time: Date.now(), ...base, dropped, msg: DROPPED })}\n`),
  );
  const destination = { write: (line: string) => output.write(format(line)) };
  return {
    log: pino({ level, base }, destination),
    requestLog: pino(
      {
        // At `info`, Fastify would log at every start what the banner says already.
        level: level === 'info' ? 'warn' : level,
        base,
        hooks: { logMethod: throttleByMessage() },
      },
      destination,
    ),
  };
}

const DROPPED = 'log lines were dropped, because stderr was not read';

/** A function that turns a JSON line into text for people. */
async function createPrettifier(): Promise<(line: string) => string> {
  const { prettyFactory, isColorSupported } = await import('pino-pretty');
  const prettify = prettyFactory({ colorize: isColorSupported, ignore: 'hostname' });
  return (line) => prettify(line) ?? line;
}
