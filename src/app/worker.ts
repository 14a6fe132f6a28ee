import { once } from 'node:events';
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitConnections } from '../cluster/limit-connections.js';
import { addressError, listenAddresses } from '../cluster/listen-address.js';
import { type PrimaryMessage, sendToPrimary } from '../cluster/messages.js';
import { connectionsMax } from '../cluster/open-files.js';
import { Rpc } from '../cluster/rpc.js';
import { announceMsFor, onStopSignal } from '../cluster/signals.js';
import { HEARTBEAT_MS, LAB_ANSWER_MS, PRIMARY_ANSWER_MS } from '../cluster/timeouts.js';
import { exitCode, exitCodeOfFault } from '../exit-codes.js';
import type { Lab } from '../http/app-context.js';
import { catalogueOf } from '../lab/plan.js';
import { hasLab, type Settings } from '../settings.js';
import { exitAfterOutput } from '../standard-streams.js';
import { createFaultLog } from '../telemetry/fault-log.js';
import { LogThrottle } from '../telemetry/log-throttle.js';
import { createLoggers } from '../telemetry/logger.js';
import { requestBounds } from '../timeline/lab-request.js';
import { createWorker, type Worker } from './create-worker.js';
import type { Dependencies } from './dependencies.js';
import { cacheEndedRuns } from './ended-runs-cache.js';
import { listen } from './listen.js';
import { lockFolder } from './lock-folder.js';
import { readTicketKey } from './ticket-key.js';

/** Runs one worker: it listens, sends heartbeats, and drains when its primary says so. */
export async function runWorker(settings: Settings, dependencies: Dependencies): Promise<void> {
  // A worker without its primary must not go on selling: nothing would end or replace it.
  process.on('disconnect', () => process.exit(exitCode.failed));

  const folderLock = await lockFolder(settings, dependencies, ({ exitCode, message }) => {
    void sendToPrimary({ type: 'fatal', exitCode, message });
  });
  const { log, requestLog } = await createLoggers(settings, 'worker');
  const logFault = createFaultLog(log, 'buy failed');
  const primary = new Rpc(process, {
    report: () => metrics.report(),
    expireHolds: () => expireHolds(),
  });
  const { app, metrics, expireHolds, close } = await createWorker(settings, dependencies, {
    log,
    requestLog,
    workers: () => primary.call('workers', PRIMARY_ANSWER_MS),
    metrics: () => primary.call('metrics', PRIMARY_ANSWER_MS),
    outbox: {
      status: () => primary.call('outbox', PRIMARY_ANSWER_MS),
      resend: ({ orderId, eventId }) =>
        primary.call('resend', PRIMARY_ANSWER_MS, { orderId, eventId }),
    },
    adminToken: settings.ADMIN_TOKEN, // from the primary
    ticketSecret: await readTicketKey(settings),
    lab: createLab(settings, (question) => primary.call('lab', LAB_ANSWER_MS, question)),
    onFault: (fault) => {
      logFault(fault);
      const code = exitCodeOfFault[fault.code];
      if (code === undefined) return;
      void sendToPrimary({ type: 'fatal', exitCode: code, message: fault.message });
    },
    assertFolderLocked: () => folderLock?.assertHeld(),
  });

  const throttle = new LogThrottle();
  const max = connectionsMax();
  const connections = limitConnections(app.server, max, () =>
    throttle.log('connection', (suppressed) =>
      log.warn({ max, suppressed }, 'connection closed: too many are open (see ulimit -n)'),
    ),
  );
  const sendHeartbeat = async () => {
    const report = await metrics.reportSales();
    const { sales, lockWaits } = metrics;
    await sendToPrimary({
      type: 'heartbeat',
      sales,
      lockWaits,
      connections: connections(),
      report,
    });
  };

  let closing = false;
  let others: readonly Server[] | undefined;
  const closeOthers = async (announceMs: number) => {
    await sleep(announceMs);
    await Promise.all((others ?? []).map((server) => once(server.close(), 'close')));
  };
  const closeOnce = (announceMs: number) => {
    if (others === undefined) process.exit(exitCode.ok); // it has accepted nothing
    if (closing) return;
    closing = true;
    void Promise.allSettled([close(announceMs), closeOthers(announceMs)])
      .finally(sendHeartbeat) // the last sales count, too
      .finally(() => exitAfterOutput(exitCode.ok));
  };
  onStopSignal({
    first: (signal) => closeOnce(announceMsFor(signal)),
    second: () => process.exit(exitCode.interrupted),
  });
  process.on('message', (message: PrimaryMessage) => {
    if (message.type === 'drain') closeOnce(message.announceMs);
  });

  others = await openAddresses(app, settings);
  setInterval(() => void sendHeartbeat(), HEARTBEAT_MS);
  await sendToPrimary({ type: 'ready' });
}

/** The lab as HTTP sees it, if it is enabled. The primary runs the experiments, one at a time. */
function createLab(settings: Settings, call: Lab['call']): Lab | undefined {
  if (!hasLab(settings)) return undefined;
  const catalogue = { ...catalogueOf(settings.DATABASE_URL), bounds: requestBounds };
  return { openToAll: settings.LAB === 'on', catalogue, call: cacheEndedRuns(call) };
}

/** @throws SettingsError when the address cannot be used */
async function openAddresses(
  app: Worker['app'],
  { HOST, PORT }: Settings,
): Promise<readonly Server[]> {
  try {
    return await listen(app, await listenAddresses(HOST), PORT);
  } catch (error) {
    throw addressError(error as NodeJS.ErrnoException, HOST, PORT);
  }
}
