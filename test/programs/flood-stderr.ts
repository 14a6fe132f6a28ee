import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { readSettings } from '../../src/settings.js';
import { createLoggers } from '../../src/telemetry/logger.js';

/**
 * Logs 4 MB to stderr, then prints `done` to stdout. With the argument `blocking` it uses a logger that
 * waits for the reader of stderr.
 */
const log =
  process.argv[2] === 'blocking'
    ? pino({}, pino.destination({ dest: 2, sync: true }))
    : (await createLoggers(readSettings({}), 'test')).log;

for (let line = 0; line < 4_000; line++) log.info('x'.repeat(1_000));
writeSync(1, 'done\n');
// Once stderr is read again, another line would be logged.
setTimeout(() => process.exit(0), 60_000).unref();
process.stdin.resume().on('end', () => process.exit(0));
