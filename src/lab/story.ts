import { describeState, ms, serialsInWords } from '../timeline/format.js';
import type { Lane, LostSide, LostUpdate, RaceVerb, Sentence } from '../timeline/report.js';
import { findSpan, type ProcessBatch, processBatches } from './contention.js';

export interface StoryInput {
  readonly lanes: readonly Lane[];
  readonly lostUpdate: LostUpdate | undefined;
  /** What the clients raced for; missing: to buy. */
  readonly verb?: RaceVerb | undefined;
}

/** What both processes of a lost update did. */
const bothDid: Readonly<Record<RaceVerb, string>> = {
  hold: 'both held tickets',
  confirm: 'both answered that it was done, a confirmation or a sale',
  cancel: 'both cancelled the order',
  admit: 'both admitted the owner of the ticket',
  edit: 'both answered that it was done, an edit or a sale',
};

/**
 * Describes what happened, in chronological order: the injected fault, and the first lost update or,
 * if there is none, what prevented it. Pure. Times are those of the lanes.
 */
export function buildStory({ lanes, lostUpdate, verb }: StoryInput): Sentence[] {
  const batches = processBatches(lanes);
  const faults = lanes.flatMap((lane) => describeFault(lane, batches, lostUpdate === undefined));
  if (lostUpdate !== undefined) {
    return inOrder([...faults, ...describeLostUpdate(lostUpdate, verb)]);
  }
  const overtaken = batches.find(({ spans }) => spans.some((span) => span.overtaken));
  if (overtaken !== undefined) {
    return inOrder([...faults, ...describeOvertaken(overtaken, batches)]);
  }
  return faults.length > 0 ? inOrder(faults) : describeHandover(batches);
}

const inOrder = (sentences: readonly Sentence[]): Sentence[] =>
  [...sentences].sort((a, b) => a.at - b.at);

const worker = (pid: number): string => `worker ${pid}`;

/** A sentence about a batch, at a moment on the axis. */
const sentence = (batch: ProcessBatch, at: number, text: string): Sentence => ({
  text,
  at,
  pid: batch.pid,
  batchId: batch.id,
});

const SERIALS_MAX = 50;

function describeLostUpdate(
  { erased, erasing, serials }: LostUpdate,
  verb: RaceVerb | undefined,
): Sentence[] {
  const [one, two] = erased.read.at <= erasing.read.at ? [erased, erasing] : [erasing, erased];
  // Its read had begun before the other write, but it learned the result only after it.
  const isLate = two.read.at > erased.wrote.at;
  const say = ({ pid, batchId }: LostSide, at: number, text: string): Sentence => ({
    text,
    at,
    pid,
    batchId,
  });
  const both =
    serials.length === 0
      ? verb === undefined
        ? 'both sold'
        : bothDid[verb]
      : `both sold ${serialsInWords(serials.slice(0, SERIALS_MAX))}`;
  const name = (side: LostSide, other: LostSide) =>
    side.pid === other.pid ? `another batch of ${worker(side.pid)}` : worker(side.pid);
  return [
    say(
      one,
      one.read.at,
      `${worker(one.pid)} read ${describeState(one.read)} at ${ms(one.read.at)}`,
    ),
    isLate
      ? say(
          two,
          two.readFrom,
          `${name(two, one)} had begun to read at ${ms(two.readFrom)}, and got ${describeState(two.read)}, too`,
        )
      : say(
          two,
          two.read.at,
          `${name(two, one)} read ${describeState(two.read)} at ${ms(two.read.at)}, too`,
        ),
    say(
      erased,
      erased.wrote.at,
      `${worker(erased.pid)} wrote ${describeState(erased.wrote)} at ${ms(erased.wrote.at)}`,
    ),
    say(
      erasing,
      erasing.wrote.at,
      `${name(erasing, erased)} wrote ${describeState(erasing.wrote)} at ${ms(erasing.wrote.at)}: ${both}, and the second write erased the first`,
    ),
  ];
}

/** Another batch wrote first, so the write of this one did not count, and it tried again. */
function describeOvertaken(batch: ProcessBatch, batches: readonly ProcessBatch[]): Sentence[] {
  const write = batch.spans.find(({ kind, overtaken }) => kind === 'writing' && overtaken);
  const check = batch.spans.find(({ kind, overtaken }) => kind === 'checking' && overtaken);
  if (write === undefined) return [];
  const version = write.version ?? 0;
  const name = worker(batch.pid);
  const sentences: Sentence[] = [];
  const first = batches.find(({ id, wrote }) => id !== batch.id && wrote?.version === version);
  if (first?.wrote !== undefined) {
    const wrote = check ? 'appended a line for' : 'wrote';
    const text = `${worker(first.pid)} ${wrote} version ${version} at ${ms(first.wrote.at)}`;
    sentences.push(sentence(first, Math.min(first.wrote.at, write.end), text));
  }
  if (check === undefined) {
    const text = `${name} had read the version before, too, and was rejected at ${ms(write.end)}: its write was undone, and no buyer was told about it`;
    sentences.push(sentence(batch, write.end, text));
  } else {
    sentences.push(
      sentence(
        batch,
        write.end,
        `${name} appended another line for version ${version} at ${ms(write.end)}: it came second in the file`,
      ),
      sentence(
        batch,
        check.end,
        `${name} read back at ${ms(check.end)} that its line extends nothing: it does not count, and no buyer was told about it`,
      ),
    );
  }
  const { wrote, read, serials, refused } = batch;
  if (wrote !== undefined) {
    const text = `${name} tried again, and sold ${serialsInWords(serials)} as version ${wrote.version} at ${ms(wrote.at)}`;
    sentences.push(sentence(batch, wrote.at, text));
  } else if (read !== undefined && refused > 0) {
    const text = `${name} tried again, read ${describeState(read)}, and told its buyers "sold out"`;
    sentences.push(sentence(batch, read.at, text));
  }
  return sentences;
}

/** A process was killed or stopped while it held the lock, and another process came next. */
function describeFault(
  { pid, marks }: Lane,
  batches: readonly ProcessBatch[],
  withRead: boolean,
): Sentence[] {
  const mark = marks.find(({ kind }) => kind === 'killed' || kind === 'stopped');
  const target = batches.findLast((batch) => batch.pid === pid && batch.start <= (mark?.at ?? 0));
  if (mark === undefined || target === undefined) return [];
  const read = withRead ? findSpan(target, 'reading') : undefined;
  const before =
    read === undefined ? '' : `had read ${describeState({ version: 0, ...read })}, and `;
  const text = `${worker(pid)} ${before}was ${mark.kind} at ${ms(mark.at)}, before it wrote`;
  const sentences = [sentence(target, mark.at, text)];

  const next = batches.find((batch) => {
    const held = findSpan(batch, 'holding');
    return batch.pid !== pid && held !== undefined && held.start >= mark.at;
  });
  const held = next && findSpan(next, 'holding');
  if (next !== undefined && held !== undefined) {
    const waited = ms(held.start - mark.at);
    const nextText = `${worker(next.pid)} was the next to get the lock, ${waited} later`;
    sentences.push(sentence(next, held.start, nextText));
  }
  const resumed = marks.find(({ kind, at }) => kind === 'continued' && at >= mark.at);
  if (resumed !== undefined) {
    const resumedText = `${worker(pid)} continued at ${ms(resumed.at)}, as if nothing had happened`;
    sentences.push(sentence(target, resumed.at, resumedText));
  } else if (next?.read !== undefined) {
    const sold = next.serials.length > 0 ? `, and sold ${serialsInWords(next.serials)}` : '';
    const readText = `${worker(next.pid)} read ${describeState(next.read)}${sold}`;
    sentences.push(sentence(next, next.read.at, readText));
  }
  return sentences;
}

/** A batch that got the lock within this time did not wait. */
const WAIT_MS_MIN = 0.1;

/**
 * One batch waited while another held the lock, and read what that one had written. (It may get in
 * slightly before the other one learns that it has released the lock: a database informs both.)
 */
function describeHandover(batches: readonly ProcessBatch[]): Sentence[] {
  for (const holder of batches) {
    const held = findSpan(holder, 'holding');
    if (held === undefined || holder.wrote === undefined) continue;
    const waiter = batches.find((batch) => {
      const got = findSpan(batch, 'holding');
      if (got === undefined || batch.start >= held.end || got.start <= held.start) return false;
      const waited = got.start - batch.start > WAIT_MS_MIN;
      return waited && batch.pid !== holder.pid && batch.read?.version === holder.wrote?.version;
    });
    const got = waiter && findSpan(waiter, 'holding');
    if (waiter?.read === undefined || got === undefined) continue;
    const [first, second] = [worker(holder.pid), worker(waiter.pid)];
    const { wrote, serials } = holder;
    return inOrder([
      sentence(holder, held.start, `${first} held the lock from ${ms(held.start)}`),
      sentence(
        waiter,
        waiter.start,
        `${second} wanted the lock at ${ms(waiter.start)}, and had to wait until ${ms(got.start)}`,
      ),
      sentence(
        holder,
        wrote.at,
        `${first} ${serials.length > 0 ? `sold ${serialsInWords(serials)} and ` : ''}wrote ${describeState(wrote)} at ${ms(wrote.at)}`,
      ),
      sentence(
        waiter,
        waiter.read.at,
        `${second} read ${describeState(waiter.read)} at ${ms(waiter.read.at)}: what ${first} had written`,
      ),
    ]);
  }
  const [first] = batches;
  if (first === undefined) return [];
  const alone = batches.every(({ pid }) => pid === first.pid);
  const text = alone
    ? `${worker(first.pid)} sold alone: there was no other process to race with`
    : 'no process ever waited for another';
  return [sentence(first, first.start, text)];
}
