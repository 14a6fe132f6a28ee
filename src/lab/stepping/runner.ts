import type { LabRequest } from '../../timeline/report.js';
import { onParentExit, sendToParent } from '../child-process.js';
import type { RunnerArgs, RunnerMessage, RunnerQuestion } from './messages.js';
import { planStepped } from './plan-stepped.js';
import { SteppedRun } from './stepped-run.js';

/** A learner who makes no step for this long has gone away. */
const IDLE_MS_MAX = 2 * 60_000;

/** The longest that a run may take. */
const RUN_MS_MAX = 15 * 60_000;

/**
 * The process of a stepped run (its only argument, as JSON): it starts the processes that the learner
 * steps, answers questions about them, and ends them. It exits when its parent does, and they with it,
 * stopped ones too.
 */
onParentExit(() => process.exit());

const { id, request, idleMs = IDLE_MS_MAX } = JSON.parse(process.argv[2] ?? '{}') as RunnerArgs;
const send = (message: RunnerMessage): Promise<void> => sendToParent(message);

try {
  const run = await SteppedRun.open({ id, plan: planStepped(request as LabRequest) });
  await serve(run);
} catch (error) {
  await send({ type: 'failed', why: (error as Error).message });
  process.exit();
}

async function serve(run: SteppedRun): Promise<void> {
  const end = async () => {
    run.giveUp();
    await send({ type: 'status', status: await run.status() });
    process.exit();
  };
  const idle = setTimeout(() => void end(), idleMs);
  setTimeout(() => void end(), RUN_MS_MAX);
  process.on('message', async ({ number, question }: RunnerQuestion) => {
    if (question.verb === 'step') idle.refresh();
    if (question.verb === 'end') run.giveUp();
    const reply =
      question.verb === 'step'
        ? await run.step(question.pid, question.action)
        : ({ kind: 'status', status: await run.status() } as const);
    await send({ type: 'reply', number, reply });
    if (reply.kind === 'status' && reply.status.state !== 'running') process.exit();
  });
  await send({ type: 'status', status: await run.status() });
}
