import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { LockModeName } from '../../lock/registry.js';
import { isQueueVerb, type QueueVerb } from '../../timeline/queue-verb.js';
import type { Progress, Run } from '../../timeline/report.js';
import type { Verdict } from '../../verdict/judge.js';
import { buildReport } from '../build-report.js';
import { buildTimeline, type Timeline } from '../build-timeline.js';
import { programPath } from '../child-process.js';
import { hasLock } from '../experiment-setting.js';
import type { Plan } from '../plan.js';
import { removeAbandonedFolders, traceFolder } from '../sandbox-folder.js';
import { linesSince, sharedClock, TraceReader } from '../trace.js';
import { judgeQueue } from './judge-queue.js';
import type { ConsumerSettings } from './queue-consumer.js';
import { createQueueFolder } from './queue-folder.js';

/** A plan whose processes consume a queue, and sell nothing. */
export type QueuePlan = Plan & { readonly verb: QueueVerb };

export const isQueuePlan = (plan: Plan): plan is QueuePlan => isQueueVerb(plan.verb);

/**
 * Lets real processes consume a queue in a temporary folder, and judges what arrived.
 *
 * @param signal kills them
 */
export async function runQueue(
  plan: QueuePlan,
  onPhase: (phase: Progress['phase']) => void,
  signal: AbortSignal,
): Promise<Run> {
  const { setting, injectedFault } = plan;
  onPhase('starting');
  await removeAbandonedFolders();
  const folder = createQueueFolder(setting.buyers);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const received: number[] = [];
  const receiver = await startReceiver(received);
  const consumers: ChildProcess[] = [];
  try {
    const settings: ConsumerSettings = {
      folder,
      url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
      lockMode: setting.lockMode as LockModeName,
      windowMs: setting.windowMs,
      verb: plan.verb,
      dies: injectedFault === 'kill',
    };
    for (let count = 0; count < setting.workers; count++) {
      consumers.push(startConsumer(settings, signal));
    }
    const ended = Promise.all(consumers.map(end));
    ended.catch(() => {}); // awaited below
    await Promise.race([Promise.all(consumers.map((each) => once(each, 'message'))), ended]);
    const began = sharedClock();
    onPhase('selling');
    for (const consumer of consumers) consumer.send({ type: 'begin' });
    await ended;
    onPhase('judging');
    const traced = await new TraceReader(traceFolder(folder)).readNewLines();
    const initial = { version: 0, remaining: setting.buyers };
    const timeline = buildTimeline(linesSince(traced, began), initial, hasLock(setting));
    const told = judgeQueue({ messages: setting.buyers, received, killed: settings.dies });
    return buildReport(plan, { results: [], told }, timeline, verdictOf(timeline));
  } finally {
    for (const consumer of consumers) consumer.kill('SIGKILL');
    receiver.close();
    receiver.closeAllConnections();
    remove();
    process.off('exit', remove);
  }
}

async function startReceiver(received: number[]): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (body !== '') received.push((JSON.parse(body) as { number: number }).number);
    response.writeHead(204).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

const startConsumer = (settings: ConsumerSettings, signal: AbortSignal): ChildProcess =>
  spawn(process.execPath, [programPath('lab/queue/queue-consumer'), JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });

/** Waits until a consumer has found the queue empty, or was killed. @throws Error with its stderr */
async function end(consumer: ChildProcess): Promise<void> {
  const [stderr, [code]] = await Promise.all([
    text(consumer.stderr as NonNullable<ChildProcess['stderr']>),
    once(consumer, 'close'),
  ]);
  if (code !== 0 && code !== null) throw new Error(`a consumer exited: ${stderr.slice(-2_000)}`);
}

/** No ticket is sold. An update is lost where two batches moved the cursor to the same place. */
function verdictOf({ lanes }: Timeline): Verdict {
  const versions = lanes.flatMap(({ batches }) =>
    batches.flatMap(({ wrote }) => (wrote === undefined ? [] : [wrote.version])),
  );
  const lostUpdates = versions.length - new Set(versions).size;
  return {
    verdict: lostUpdates > 0 ? 'broken' : 'holds',
    version: Math.max(0, ...versions),
    events: [],
    lostUpdates,
    withdrawn: 0,
    skipped: 0,
    stillOnSale: 0,
  };
}
