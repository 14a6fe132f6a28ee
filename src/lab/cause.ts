import type { InjectedFault, RaceVerb, Sentence } from '../timeline/report.js';
import type { Setting } from '../timeline/setting.js';
import { waitUnderLock } from '../timeline/wait-under-lock.js';
import { findSpan, type ProcessBatch } from './contention.js';
import { hasLock, isUnguarded } from './experiment-setting.js';
import { hasWaitedFor } from './highlight.js';

/** What the cause of a run is derived from. */
export interface CauseInput {
  readonly kind: 'lostUpdate' | 'overtaken' | 'recovery' | 'deadlock' | 'handover';
  readonly first: ProcessBatch;
  readonly second: ProcessBatch;
  readonly nameOf: (batch: ProcessBatch) => string;
  readonly setting: Setting;
  readonly fault: InjectedFault | undefined;
  readonly verb?: RaceVerb | undefined;
}

/** The last sentence of a story: why it happened, and the moment at which it was decided. Pure. */
export function causeOf(input: CauseInput): Sentence {
  const { kind, second } = input;
  switch (kind) {
    case 'lostUpdate':
      return whyLost(input);
    case 'overtaken': {
      const late = second.spans.find(({ overtaken }) => overtaken);
      return cause(second, late?.end ?? second.end, whyOvertaken(input));
    }
    case 'recovery': {
      const got = findSpan(second, 'holding');
      return cause(second, got?.start ?? readAt(second), whyRecovered(input));
    }
    case 'deadlock':
      return whyDeadlocked(input);
    case 'handover':
      return cause(second, readAt(second), whyHandedOver(input));
  }
}

const cause = ({ pid, id: batchId }: ProcessBatch, at: number, text: string): Sentence => ({
  text,
  at,
  pid,
  batchId,
  cause: true,
});

const readAt = ({ read, start }: ProcessBatch): number => read?.at ?? start;

/** Whichever of the two wrote last: it is the second to read that a lock would have kept waiting. */
function whyLost({ first, second, nameOf, setting, fault }: CauseInput): Sentence {
  const [early, late] = readAt(first) <= readAt(second) ? [first, second] : [second, first];
  const [one, two] = [nameOf(early), nameOf(late)];
  if (fault === 'stop' && hasLock(setting)) return whyStolen(nameOf(first), nameOf(second), second);
  const here = (text: string) => cause(late, readAt(late), text);
  if (one === two) {
    return here(
      `Nothing kept another buy of ${one} from reading before the first had been written. With a lock, it would have waited here`,
    );
  }
  const kept = `kept ${two} from reading before ${one} had written`;
  if (setting.lockMode === 'mutex') {
    return here(
      `${one} and ${two} each locked a mutex in their own memory, so nothing ${kept}. With one lock for both, ${two} would have waited here`,
    );
  }
  if (hasLock(setting)) return here(`${two} read before ${one} had written, in spite of the lock`);
  return here(`Nothing ${kept}. With a lock, ${two} would have waited here`);
}

/** @param late the batch of the process that was stopped, and wrote last */
function whyStolen(thief: string, stopped: string, late: ProcessBatch): Sentence {
  return cause(
    late,
    late.wrote?.at ?? late.end,
    `${stopped} was stopped for longer than its lease lasts, so ${thief} could take over the lock; ${stopped} went on with what it had read before. No kernel lock is ever stolen, and the ledger skips a line that comes too late`,
  );
}

function whyOvertaken({ first, second, nameOf, setting }: CauseInput): string {
  const two = nameOf(second);
  const other = nameOf(first) === two ? 'its own line' : `the line of ${nameOf(first)}`;
  return setting.store === 'ledger'
    ? `Only a line that extends the line before it counts, and ${other} came first. Nothing was lost: ${two} detected it, and tried again`
    : `The database rejects a write to a version that was changed since it was read. Nothing was lost: ${two} tried again`;
}

function whyRecovered({ first, second, nameOf, setting, verb }: CauseInput): string {
  const [one, two] = [nameOf(first), nameOf(second)];
  if (verb === 'deliver') {
    return `The cursor says what was sent for certain, so ${two} sent the message again. A receiver that remembers numbers ignores it`;
  }
  if (verb === 'claim') {
    return `The cursor said that ${one} had sent the message, so ${two} went on with the next one. No process sends it any more`;
  }
  switch (setting.lockMode) {
    case 'file':
      return `The lock file remains when its holder is gone, so ${two} waited until the lease of ${one} had expired`;
    case 'kernel':
      return `The kernel releases the lock of a process that dies, so ${two} got it at once`;
    default:
      return `${one} had not written, so ${two} read what had been there before`;
  }
}

function whyDeadlocked({ first, second, nameOf }: CauseInput): Sentence {
  const [one, two] = [nameOf(first), nameOf(second)];
  const text = `${one} and ${two} each held what the other one needed, so neither could go on: a deadlock. If both acquired the locks in the same order, ${two} would have waited for its first one, and held nothing meanwhile`;
  return cause(second, waitUnderLock(second)?.start ?? second.start, text);
}

function whyHandedOver({ first, second, nameOf, setting, verb }: CauseInput): string {
  const [one, two] = [nameOf(first), nameOf(second)];
  if (hasWaitedFor(second, first)) {
    const both =
      verb === 'deliver'
        ? 'sent the same message'
        : verb === 'sortedLocks'
          ? 'moved the same ticket'
          : 'sold the same ticket';
    return `The lock kept ${two} from reading before ${one} had written. Without it, both could have ${both}`;
  }
  if (hasLock(setting))
    return `${one} was done before ${two} began, so neither waited for the lock`;
  return isUnguarded(setting)
    ? `${two} happened to read after ${one} had written. Nothing made it wait`
    : `${two} read what ${one} had written. If both had written at the same time, only one line would count`;
}
