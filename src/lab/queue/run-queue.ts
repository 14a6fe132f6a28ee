import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { LockModeName } from '../../lock/registry.js';
import type { Progress } from '../../timeline/lab-status.js';
import type { Run } from '../../timeline/report.js';
import { isQueueVerb, type QueueVerb } from '../../timeline/verbs.js';
import type { Verdict } from '../../verdict/judge.js';
import { buildReport } from '../build-report.js';
import type { Timeline } from '../build-timeline.js';
import type { Plan } from '../plan.js';
import { runPrograms, withFolder } from '../program-runs.js';
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
  return withFolder(
    () => createQueueFolder(setting.buyers),
    async (folder) => {
      const received: number[] = [];
      const receiver = await startReceiver(received);
      try {
        const settings: ConsumerSettings = {
          folder,
          url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
          lockMode: setting.lockMode as LockModeName,
          windowMs: setting.windowMs,
          verb: plan.verb,
          dies: injectedFault === 'kill',
        };
        const timeline = await runPrograms({
          program: 'lab/queue/queue-consumer',
          settings: Array.from({ length: setting.workers }, () => settings),
          folder,
          remaining: setting.buyers,
          setting,
          onPhase,
          signal,
        });
        const race = judgeQueue({ messages: setting.buyers, received, killed: settings.dies });
        return buildReport(plan, { results: [], race }, timeline, verdictOf(timeline));
      } finally {
        receiver.close();
        receiver.closeAllConnections();
      }
    },
  );
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
