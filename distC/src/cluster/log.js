import { pino } from 'pino';
import pretty, { isColorSupported } from 'pino-pretty';
/** The log goes to stderr: readable on a terminal, JSON lines otherwise. stdout is for results. */
export function openLog(settings, name) {
    const options = { level: settings.LOG_LEVEL, base: { pid: process.pid, name } };
    if (!process.stderr.isTTY)
        return pino(options, pino.destination({ dest: 2, sync: true }));
    return pino(options, pretty({ colorize: isColorSupported, destination: 2, sync: true, ignore: 'hostname' }));
}
//# sourceMappingURL=log.js.map