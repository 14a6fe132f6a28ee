import type { FastifyInstance } from 'fastify';
import { addressError } from '../cluster/listen-address.js';
import { type PrimaryMessage, sendToPrimary } from '../cluster/messages.js';
import { Rpc } from '../cluster/rpc.js';
import { onStopSignal } from '../cluster/signals.js';
import { HEARTBEAT_MS } from '../cluster/timeouts.js';
import { exitCode, exitCodeOfFault } from '../exit-codes.js';
import type { Lab } from '../http/app-context.js';
import { catalogueOf } from '../lab/plan.js';
import { hasLab, type Settings } from '../settings.js';
import { faultLog } from '../telemetry/fault-log.js';
import { createLogger } from '../telemetry/logger.js';
import { compose } from './create-worker.js';
import type { Dependencies } from './dependencies.js';
import { lockFolder } from './folder-agreement.js';

/** How long a worker waits for what only its primary knows. */
const ASK_MS = 2_000;

/** Runs one worker: it listens, says that it lives, and ends when it is told to. */
export async function runWorker(settings: Settings, dependencies: Dependencies): Promise<void> {
  // A worker without its primary must not go on selling: nobody would end or replace it.
  process.on('disconnect', () => process.exit(exitCode.failed));

  await lockFolder(settings, dependencies);
  const log = createLogger(settings, 'worker');
  const logFault = faultLog(log, 'a buy met a fault');
  const primary = new Rpc(process, { report: () => metrics.report() });
  const { app, metrics, close } = await compose(settings, dependencies, {
    log,
    workers: () => primary.ask('workers', ASK_MS),
    metrics: () => primary.ask('metrics', ASK_MS),
    lab: labOf(settings, (question) => primary.ask('lab', ASK_MS, question)),
    onFault: (fault) => {
      logFault(fault);
      const code = exitCodeOfFault[fault.code];
      if (code !== undefined) {
        void sendToPrimary({ type: 'fatal', exitCode: code, line: fault.message });
      }
    },
  });

  let closing = false;
  let listening = false;
  const closeOnce = () => {
    if (!listening) process.exit(exitCode.ok); // it has accepted nothing
    if (!closing) void close().finally(() => process.exit(exitCode.ok));
    closing = true;
  };
  onStopSignal({ first: closeOnce, second: () => process.exit(exitCode.interrupted) });
  process.on('message', ({ type }: PrimaryMessage) => {
    if (type === 'drain') closeOnce();
  });

  await listen(app, settings);
  listening = true;
  const sendHeartbeat = () => {
    const { sales, lockWaits } = metrics;
    void sendToPrimary({ type: 'heartbeat', sales, lockWaits });
  };
  setInterval(sendHeartbeat, HEARTBEAT_MS);
  await sendToPrimary({ type: 'ready' });
}

/** The lab as HTTP sees it, if this office has one. Experiments are the primary's: one at a time. */
function labOf(settings: Settings, ask: Lab['ask']): Lab | undefined {
  if (!hasLab(settings)) return undefined;
  return { anyHost: settings.LAB === 'on', catalogue: catalogueOf(settings.DATABASE_URL), ask };
}

/** Listens. An address that cannot be had is the setting's fault, in words. */
async function listen(app: FastifyInstance, { HOST, PORT }: Settings): Promise<void> {
  try {
    await app.listen({ host: HOST, port: PORT });
  } catch (error) {
    throw addressError(error as NodeJS.ErrnoException, HOST, PORT);
  }
}
