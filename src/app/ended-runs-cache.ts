import type { Lab } from '../http/app-context.js';
import type { LabReply } from '../timeline/lab-status.js';

/** As many as the lab itself remembers. */
const ENDED_MAX = 5;

/** The states in which an experiment stays. */
const endStates: ReadonlySet<string> = new Set(['done', 'stopped', 'failed']);

/**
 * Remembers the experiments that have ended, which never change. A report of a megabyte is then sent by
 * the primary once to each worker, however often it is read, and not while tickets are sold.
 */
export function cacheEndedRuns(call: Lab['call']): Lab['call'] {
  const ended = new Map<string, LabReply>();
  return async (question) => {
    const canChange = question.verb === 'begin' || question.verb === 'step';
    const known = canChange ? undefined : ended.get(question.id);
    if (known !== undefined) return known;
    const reply = await call(question);
    if (reply.kind === 'status' && endStates.has(reply.status.state)) {
      ended.set(reply.status.id, reply);
      const [oldest] = ended.keys();
      if (ended.size > ENDED_MAX && oldest !== undefined) ended.delete(oldest);
    }
    return reply;
  };
}
