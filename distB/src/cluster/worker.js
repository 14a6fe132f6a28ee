import { exitCode, exitCodeOfFault } from '../exit-codes.js';
import { catalogueOf } from '../lab/plan.js';
import { hasLab } from '../settings.js';
import { addressError } from './address.js';
import { occupyFolder } from './agreement.js';
import { Asker } from './ask.js';
import { compose } from './compose.js';
import { faultLog } from './fault-log.js';
import { openLog } from './log.js';
import { tellPrimary } from './messages.js';
import { onStopSignal } from './signals.js';
import { HEARTBEAT_MS } from './times.js';
/** How long a worker waits for what only its primary knows. */
const ASK_MS = 2_000;
/** Runs one worker: it listens, says that it lives, and ends when it is told to. */
export async function runWorker(settings, parts) {
    // A worker without its primary must not go on selling: nobody would end or replace it.
    process.on('disconnect', () => process.exit(exitCode.wrong));
    await occupyFolder(settings, parts);
    const log = openLog(settings, 'worker');
    const logFault = faultLog(log, 'a buy met a fault');
    const primary = new Asker(process, { report: () => metrics.report() });
    const { app, metrics, close } = await compose(settings, parts, {
        log,
        workers: () => primary.ask('workers', ASK_MS),
        metrics: () => primary.ask('metrics', ASK_MS),
        lab: labOf(settings, (question) => primary.ask('lab', ASK_MS, question)),
        onFault: (fault) => {
            logFault(fault);
            const code = exitCodeOfFault[fault.code];
            if (code !== undefined) {
                void tellPrimary({ type: 'fatal', exitCode: code, line: fault.message });
            }
        },
    });
    let closing = false;
    let listening = false;
    const closeOnce = () => {
        if (!listening)
            process.exit(exitCode.fine); // it has accepted nothing
        if (!closing)
            void close().finally(() => process.exit(exitCode.fine));
        closing = true;
    };
    onStopSignal({ first: closeOnce, second: () => process.exit(exitCode.interrupted) });
    process.on('message', ({ type }) => {
        if (type === 'drain')
            closeOnce();
    });
    await listen(app, settings);
    listening = true;
    const beat = () => {
        const { sales, lockWaits } = metrics;
        void tellPrimary({ type: 'heartbeat', sales, lockWaits });
    };
    setInterval(beat, HEARTBEAT_MS);
    await tellPrimary({ type: 'ready' });
}
/** The lab as HTTP sees it, if this office has one. Experiments are the primary's: one at a time. */
function labOf(settings, ask) {
    if (!hasLab(settings))
        return undefined;
    return { anyHost: settings.LAB === 'on', catalogue: catalogueOf(settings.DATABASE_URL), ask };
}
/** Listens. An address that cannot be had is the setting's fault, in words. */
async function listen(app, { HOST, PORT }) {
    try {
        await app.listen({ host: HOST, port: PORT });
    }
    catch (error) {
        throw addressError(error, HOST, PORT);
    }
}
//# sourceMappingURL=worker.js.map