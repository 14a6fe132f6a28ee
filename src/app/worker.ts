import type { FastifyInstance } from 'fastify';
import { addressError } from '../cluster/listen-address.js';
import { type PrimaryMessage, sendToPrimary } from '../cluster/messages.js';
import { Rpc } from '../cluster/rpc.js';
import { onStopSignal } from '../cluster/signals.js';
import { HEARTBEAT_MS, PRIMARY_ANSWER_MS } from '../cluster/timeouts.js';
import { exitCode, exitCodeOfFault } from '../exit-codes.js';
import type { Lab } from '../http/app-context.js';
import { catalogueOf } from '../lab/plan.js';
import { hasLab, type Settings } from '../settings.js';
import { createFaultLog } from '../telemetry/fault-log.js';
import { createLogger } from '../telemetry/logger.js';
import { createWorker } from './create-worker.js';
import type { Dependencies } from './dependencies.js';
import { lockFolder } from './lock-folder.js';

/** Runs one worker: it listens, sends heartbeats, and drains when its primary says so. */
export async function runWorker(settings: Settings, dependencies: Dependencies): Promise<void> {
  // A worker without its primary must not go on selling: nothing would end or replace it.
  process.on('disconnect', () => process.exit(exitCode.failed));

  const folderLock = await lockFolder(settings, dependencies, ({ exitCode, message }) => {
    void sendToPrimary({ type: 'fatal', exitCode, message });
  });
  const log = await createLogger(settings, 'worker');
  const logFault = createFaultLog(log, 'buy failed');
  const primary = new Rpc(process, { report: () => metrics.report() });
  const { app, metrics, close } = await createWorker(settings, dependencies, {
    log,
    workers: () => primary.call('workers', PRIMARY_ANSWER_MS),
    metrics: () => primary.call('metrics', PRIMARY_ANSWER_MS),
    lab: createLab(settings, (question) => primary.call('lab', PRIMARY_ANSWER_MS, question)),
    onFault: (fault) => {
      logFault(fault);
      const code = exitCodeOfFault[fault.code];
      if (code === undefined) return;
      void sendToPrimary({ type: 'fatal', exitCode: code, message: fault.message });
    },
    assertFolderLocked: () => folderLock?.assertHeld(),
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
  setInterval(() => {
    const { sales, lockWaits } = metrics;
    void sendToPrimary({ type: 'heartbeat', sales, lockWaits });
  }, HEARTBEAT_MS);
  await sendToPrimary({ type: 'ready' });
}

/** The lab as HTTP sees it, if it is enabled. The primary runs the experiments, one at a time. */
function createLab(settings: Settings, ask: Lab['ask']): Lab | undefined {
  if (!hasLab(settings)) return undefined;
  return { anyHost: settings.LAB === 'on', catalogue: catalogueOf(settings.DATABASE_URL), ask };
}

/** @throws SettingsError when the address cannot be used */
async function listen(app: FastifyInstance, { HOST, PORT }: Settings): Promise<void> {
  try {
    await app.listen({ host: HOST, port: PORT });
  } catch (error) {
    throw addressError(error as NodeJS.ErrnoException, HOST, PORT);
  }
}
