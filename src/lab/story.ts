import { describeState, ms, serialsInWords } from '../timeline/format.js';
import type {
  Highlight,
  InjectedFault,
  Lane,
  LostSide,
  LostUpdate,
  RaceVerb,
  Sentence,
} from '../timeline/report.js';
import type { Setting } from '../timeline/setting.js';
import { waitUnderLock } from '../timeline/wait-under-lock.js';
import { causeOf } from './cause.js';
import { findSpan, type ProcessBatch, processBatches } from './contention.js';
import { findFault, hasWaitedFor } from './highlight.js';
import { bothDid, diedWhen } from './verb-words.js';

export interface StoryInput {
  readonly lanes: readonly Lane[];
  readonly lostUpdate: LostUpdate | undefined;
  /** The two batches that the story is about. */
  readonly highlight: Highlight | undefined;
  readonly setting: Setting;
  readonly fault: InjectedFault | undefined;
  /** What the clients raced for; missing: to buy. */
  readonly verb?: RaceVerb | undefined;
}

/** What happened, in chronological order, and why. */
export interface Story {
  readonly events: readonly Sentence[];
  readonly cause: Sentence | undefined;
}

/**
 * Describes what happened: the injected fault, and the first lost update or, if there is none, what
 * prevented it. It mentions no batches but those of the highlight. Pure. Times are those of the lanes.
 */
export function buildStory(input: StoryInput): Story {
  const { lanes, lostUpdate, highlight } = input;
  const batches = processBatches(lanes);
  const find = (id: string | undefined) => batches.find((batch) => batch.id === id);
  const [first, second] = [find(highlight?.first), find(highlight?.second)];
  if (highlight === undefined || first === undefined || second === undefined) {
    return describeUnrelated(batches, lanes, input.verb);
  }
  const nameOf = ({ pid }: Pick<ProcessBatch, 'pid'>) => nameIn(lanes, pid);
  const { kind } = highlight;
  const events = [
    ...lanes.flatMap((lane) => describeFault(lane, batches, nameOf, input)),
    ...(lostUpdate === undefined ? [] : describeLostUpdate(lostUpdate, nameOf, input.verb)),
    ...(kind === 'overtaken' ? describeOvertaken(first, second, nameOf) : []),
    ...(kind === 'deadlock'
      ? [first, second].flatMap((batch) => describeWait(batch, nameOf(batch), 'another one'))
      : []),
    ...(kind === 'handover' ? describeHandover(first, second, nameOf) : []),
  ];
  return { events: inOrder(events), cause: causeOf({ ...input, kind, first, second, nameOf }) };
}

type NameOf = (batch: Pick<ProcessBatch, 'pid'>) => string;

const nameIn = (lanes: readonly Lane[], pid: number): string =>
  lanes.find((lane) => lane.pid === pid)?.name ?? `process ${pid}`;

const inOrder = (sentences: readonly Sentence[]): Sentence[] =>
  [...sentences].sort((a, b) => a.at - b.at);

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
  nameOf: NameOf,
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
    side.pid === other.pid ? `Another buy of ${nameOf(side)}` : nameOf(side);
  return [
    say(one, one.read.at, `${nameOf(one)} read ${describeState(one.read)} at ${ms(one.read.at)}`),
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
      `${nameOf(erased)} wrote ${describeState(erased.wrote)} at ${ms(erased.wrote.at)}`,
    ),
    say(
      erasing,
      erasing.wrote.at,
      `${name(erasing, erased)} wrote ${describeState(erasing.wrote)} at ${ms(erasing.wrote.at)}: ${both}, and the second write erased the first`,
    ),
  ];
}

/** Another batch wrote first, so the write of this one did not count, and it tried again. */
function describeOvertaken(first: ProcessBatch, batch: ProcessBatch, nameOf: NameOf): Sentence[] {
  const write = batch.spans.find(({ kind, overtaken }) => kind === 'writing' && overtaken);
  const check = batch.spans.find(({ kind, overtaken }) => kind === 'checking' && overtaken);
  if (write === undefined) return [];
  const version = write.version ?? 0;
  const name = nameOf(batch);
  const sentences: Sentence[] = [];
  if (first.wrote !== undefined) {
    const wrote = check ? 'appended a line for' : 'wrote';
    const text = `${nameOf(first)} ${wrote} version ${version} at ${ms(first.wrote.at)}`;
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
  lane: Lane,
  batches: readonly ProcessBatch[],
  nameOf: NameOf,
  { highlight, verb }: StoryInput,
): Sentence[] {
  const fault = findFault(lane, batches);
  if (fault === undefined) return [];
  const { mark, target, next } = fault;
  const { name, marks } = lane;
  const read = highlight?.kind === 'recovery' ? findSpan(target, 'reading') : undefined;
  const before =
    read === undefined ? '' : `had read ${describeState({ version: 0, ...read })}, and `;
  const when = (verb && diedWhen[verb]) ?? 'before it wrote';
  const text = `${name} ${before}was ${mark.kind} at ${ms(mark.at)}, ${when}`;
  const sentences = [sentence(target, mark.at, text)];

  const held = next && findSpan(next, 'holding');
  if (next !== undefined && held !== undefined) {
    const waited = ms(held.start - mark.at);
    const nextText = `${nameOf(next)} was the next to get the lock, ${waited} later`;
    sentences.push(sentence(next, held.start, nextText));
  }
  const resumed = marks.find(({ kind, at }) => kind === 'continued' && at >= mark.at);
  if (resumed !== undefined) {
    const resumedText = `${name} continued at ${ms(resumed.at)}, as if nothing had happened`;
    sentences.push(sentence(target, resumed.at, resumedText));
  } else if (next?.read !== undefined) {
    const sold = next.serials.length > 0 ? `, and sold ${serialsInWords(next.serials)}` : '';
    const readText = `${nameOf(next)} read ${describeState(next.read)}${sold}`;
    sentences.push(sentence(next, next.read.at, readText));
  }
  return sentences;
}

/** One batch read what another one had written, after it had waited for the lock or without a wait. */
function describeHandover(holder: ProcessBatch, reader: ProcessBatch, nameOf: NameOf): Sentence[] {
  const [held, got] = [findSpan(holder, 'holding'), findSpan(reader, 'holding')];
  const { wrote, serials } = holder;
  const { read } = reader;
  if (wrote === undefined || read === undefined) return [];
  const [first, second] = [nameOf(holder), nameOf(reader)];
  const waits =
    held !== undefined && got !== undefined && hasWaitedFor(reader, holder)
      ? [
          sentence(holder, held.start, `${first} held the lock from ${ms(held.start)}`),
          sentence(
            reader,
            reader.start,
            `${second} wanted the lock at ${ms(reader.start)}, and had to wait until ${ms(got.start)}`,
          ),
        ]
      : [];
  return [
    ...waits,
    sentence(
      holder,
      wrote.at,
      `${first} ${serials.length > 0 ? `sold ${serialsInWords(serials)} and ` : ''}wrote ${describeState(wrote)} at ${ms(wrote.at)}`,
    ),
    sentence(
      reader,
      read.at,
      `${second} read ${describeState(read)} at ${ms(read.at)}: what ${first} had written`,
    ),
  ];
}

/** A batch that held a lock, and waited for another one or for the same. */
function describeWait(batch: ProcessBatch, name: string, wanted: string): Sentence[] {
  const [held, wait] = [findSpan(batch, 'holding'), waitUnderLock(batch)];
  if (held === undefined || wait === undefined) return [];
  const end = batch.rejected ? 'gave up' : 'got it';
  return [
    sentence(batch, held.start, `${name} got a lock at ${ms(held.start)}`),
    sentence(
      batch,
      wait.start,
      `${name} wanted ${wanted} at ${ms(wait.start)}, and kept the first`,
    ),
    sentence(batch, wait.end, `${name} ${end} at ${ms(wait.end)}`),
  ];
}

/** No two batches had to do with each other. */
function describeUnrelated(
  batches: readonly ProcessBatch[],
  lanes: readonly Lane[],
  verb: RaceVerb | undefined,
): Story {
  const [first] = batches;
  if (first === undefined) return { events: [], cause: undefined };
  const name = nameIn(lanes, first.pid);
  const wait = waitUnderLock(first);
  if (verb === 'sameLock' && wait !== undefined) {
    const text = `A lock knows that it is held, and not by whom, so ${name} waited for itself`;
    return {
      events: describeWait(first, name, 'the same lock once more'),
      cause: { ...sentence(first, wait.start, text), cause: true },
    };
  }
  const rejected = batches.find((batch) => batch.rejected);
  if (rejected !== undefined) {
    const text = `${nameIn(lanes, rejected.pid)} waited for the lock until its time was up`;
    return { events: [sentence(rejected, rejected.end, text)], cause: undefined };
  }
  const text = batches.every(({ pid }) => pid === first.pid)
    ? `${name} sold alone: there was no other process to race with`
    : 'No process ever waited for another';
  return { events: [sentence(first, first.start, text)], cause: undefined };
}
