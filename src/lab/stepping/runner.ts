import { onParentExit, sendToParent } from '../child-process.js';
import type {
  RunnerArgs,
  RunnerMessage,
  RunnerQuestion,
  RunQuestion,
  RunReply,
} from './messages.js';
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
  serve(await SteppedRun.open({ id, plan: planStepped(request) }));
} catch (error) {
  await fail(error);
}

function serve(run: SteppedRun): void {
  const report = async () => send({ type: 'status', status: await run.status() });
  const end = () => {
    run.giveUp();
    void report().then(() => process.exit(), fail);
  };
  const idle = setTimeout(end, idleMs);
  setTimeout(end, RUN_MS_MAX);
  process.on('message', ({ number, question }: RunnerQuestion) => {
    if (question.verb === 'step') idle.refresh();
    void answer(run, question).then(async (reply) => {
      await send({ type: 'reply', number, reply });
      if (reply.kind === 'status' && reply.status.state !== 'running') process.exit();
    }, fail);
  });
  report().catch(fail);
}

async function answer(run: SteppedRun, question: RunQuestion): Promise<RunReply> {
  if (question.verb === 'step') return run.step(question.pid, question.action);
  if (question.verb === 'end') run.giveUp();
  return { kind: 'status', status: await run.status() };
}

/** For example because somebody damaged the ticket file: then nothing can be judged. */
async function fail(error: unknown): Promise<void> {
  await send({ type: 'failed', why: (error as Error).message });
  process.exit();
}
