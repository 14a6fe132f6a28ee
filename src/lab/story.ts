import { count, ms, serialsInWords } from '../timeline/format.js';
import type { Lane, LostSide, LostUpdate, ObservedState, Sentence } from '../timeline/report.js';
import { type ProcessBatch, processBatches, spanOf } from './contention.js';

/** What a story is told from. */
export interface SummaryInput {
  readonly lanes: readonly Lane[];
  readonly lostUpdate: LostUpdate | undefined;
}

/**
 * What happened, in the order in which it did: what befell a process, and the first lost update or,
 * where there is none, what kept it from happening. Pure. Times are those of the lanes.
 */
export function tellStory({ lanes, lostUpdate }: SummaryInput): Sentence[] {
  const batches = processBatches(lanes);
  const faultSummary = lanes.flatMap((lane) =>
    faultSummaryOf(lane, batches, lostUpdate !== undefined),
  );
  if (lostUpdate !== undefined) return inOrder([...faultSummary, ...storyOfLoss(lostUpdate)]);
  const overtaken = batches.find(({ spans }) => spans.some((span) => span.overtaken));
  if (overtaken !== undefined)
    return inOrder([...faultSummary, ...storyOfOvertaken(overtaken, batches)]);
  if (faultSummary.length > 0) return inOrder(faultSummary);
  return storyOfHandover(batches);
}

const inOrder = (sentences: readonly Sentence[]): Sentence[] =>
  [...sentences].sort((a, b) => a.at - b.at);

const who = (pid: number): string => `worker ${pid}`;
const left = ({ remaining }: Pick<ObservedState, 'remaining'>): string =>
  remaining === undefined ? 'what was left' : `${remaining} left`;

function storyOfLoss({ erased, erasing, serials }: LostUpdate): Sentence[] {
  const [one, two] = erased.read.at <= erasing.read.at ? [erased, erasing] : [erasing, erased];
  const late = two.read.at > erased.wrote.at; // it had read before, and comes to look at it only now
  const here = (side: LostSide) => ({ pid: side.pid, batchId: side.batchId });
  const both =
    serials.length === 0 ? 'both sold' : `both sold ${serialsInWords(serials.slice(0, 50))}`;
  const name = (side: LostSide, other: LostSide) =>
    side.pid === other.pid ? `another turn of ${who(side.pid)}` : who(side.pid);
  return [
    {
      text: `${who(one.pid)} read ${left(one.read)} at ${ms(one.read.at)}`,
      at: one.read.at,
      ...here(one),
    },
    {
      text: late
        ? `${name(two, one)} had begun to read at ${ms(two.readFrom)}, and got ${left(two.read)}, too`
        : `${name(two, one)} read ${left(two.read)} at ${ms(two.read.at)}, too`,
      at: late ? two.readFrom : two.read.at,
      ...here(two),
    },
    {
      text: `${who(erased.pid)} wrote ${left(erased.wrote)} at ${ms(erased.wrote.at)}`,
      at: erased.wrote.at,
      ...here(erased),
    },
    {
      text: `${name(erasing, erased)} wrote ${left(erasing.wrote)} at ${ms(erasing.wrote.at)}: ${both}, and the second write erased the first`,
      at: erasing.wrote.at,
      ...here(erasing),
    },
  ];
}

/** Somebody's line came first, so that this one did not count, and its turn tried again. */
function storyOfOvertaken(batch: ProcessBatch, batches: readonly ProcessBatch[]): Sentence[] {
  const mine = batch.spans.find(({ kind, overtaken }) => kind === 'writing' && overtaken);
  const again = batch.spans.find(({ kind, overtaken }) => kind === 'checking' && overtaken);
  if (mine === undefined) return [];
  const version = mine.version ?? 0;
  const here = { pid: batch.pid, batchId: batch.id };
  const first = batches.find(({ id, wrote }) => id !== batch.id && wrote?.version === version);
  const sentences: Sentence[] = [];
  if (first?.wrote !== undefined) {
    sentences.push({
      text: `${who(first.pid)} ${again ? 'appended a line for' : 'wrote'} version ${version} at ${ms(first.wrote.at)}`,
      at: Math.min(first.wrote.at, mine.end),
      pid: first.pid,
      batchId: first.id,
    });
  }
  if (again === undefined) {
    sentences.push({
      text: `${who(batch.pid)} had read the version before, too, and was refused at ${ms(mine.end)}: what it wrote was undone, and nobody was told of it`,
      at: mine.end,
      ...here,
    });
  } else {
    sentences.push({
      text: `${who(batch.pid)} appended one for version ${version}, too, at ${ms(mine.end)}: it came second in the file`,
      at: mine.end,
      ...here,
    });
    sentences.push({
      text: `${who(batch.pid)} read back that its line extends nothing at ${ms(again.end)}: it does not count, and nobody was told of it`,
      at: again.end,
      ...here,
    });
  }
  const { wrote, read, serials, refused } = batch;
  if (wrote !== undefined) {
    sentences.push({
      text: `${who(batch.pid)} tried again, and sold ${serialsInWords(serials)} as version ${wrote.version} at ${ms(wrote.at)}`,
      at: wrote.at,
      ...here,
    });
  } else if (read !== undefined && refused > 0) {
    sentences.push({
      text: `${who(batch.pid)} tried again, read ${left(read)}, and told its buyers "sold out"`,
      at: read.at,
      ...here,
    });
  }
  return sentences;
}

/** A process that was killed or stopped while it held the lock, and what became of the others. */
function faultSummaryOf(
  { pid, marks }: Lane,
  batches: readonly ProcessBatch[],
  readsAreToldElsewhere: boolean,
): Sentence[] {
  const mark = marks.find(({ kind }) => kind === 'killed' || kind === 'stopped');
  const target = batches.findLast((batch) => batch.pid === pid && batch.start <= (mark?.at ?? 0));
  if (mark === undefined || target === undefined) return [];
  const here = { pid, batchId: target.id };
  const did = mark.kind === 'killed' ? 'was killed' : 'was stopped';
  const reading = target.spans.find(({ kind }) => kind === 'reading');
  const had =
    readsAreToldElsewhere || reading === undefined ? '' : `had read ${left(reading)}, and `;
  const sentences: Sentence[] = [
    {
      text: `${who(pid)} ${had}${did} at ${ms(mark.at)}, before it wrote`,
      at: mark.at,
      ...here,
    },
  ];
  const next = batches.find((batch) => {
    const held = spanOf(batch, 'holding');
    return batch.pid !== pid && held !== undefined && held.start >= mark.at;
  });
  const held = next && spanOf(next, 'holding');
  if (next !== undefined && held !== undefined) {
    sentences.push({
      text: `${who(next.pid)} was the next to get in, ${ms(held.start - mark.at)} after that`,
      at: held.start,
      pid: next.pid,
      batchId: next.id,
    });
  }
  const goesOn = marks.find(({ kind, at }) => kind === 'continued' && at >= mark.at);
  if (goesOn !== undefined) {
    sentences.push({
      text: `${who(pid)} went on at ${ms(goesOn.at)}, as if nothing had happened`,
      at: goesOn.at,
      ...here,
    });
  } else if (next?.read !== undefined) {
    const sold = next.serials.length > 0 ? `, and sold ${serialsInWords(next.serials)}` : '';
    sentences.push({
      text: `${who(next.pid)} read ${left(next.read)}${sold}`,
      at: next.read.at,
      pid: next.pid,
      batchId: next.id,
    });
  }
  return sentences;
}

/** A turn that was let in within this time did not wait, in milliseconds. */
const FREE_MS = 0.1;

/**
 * One waited while another one held the lock, and read what that one had written. (It may be let in
 * a moment before the other one hears that it has let go: a database tells the two of them at once.)
 */
function storyOfHandover(batches: readonly ProcessBatch[]): Sentence[] {
  for (const holder of batches) {
    const held = spanOf(holder, 'holding');
    if (held === undefined || holder.wrote === undefined) continue;
    const waiter = batches.find((batch) => {
      const got = spanOf(batch, 'holding');
      if (got === undefined || batch.start >= held.end || got.start <= held.start) return false;
      const waited = got.start - batch.start > FREE_MS;
      return waited && batch.pid !== holder.pid && batch.read?.version === holder.wrote?.version;
    });
    const got = waiter && spanOf(waiter, 'holding');
    if (waiter?.read === undefined || got === undefined) continue;
    const sold = `sold ${serialsInWords(holder.serials)} and wrote ${left(holder.wrote)}`;
    const [holding, waiting] = [
      { pid: holder.pid, batchId: holder.id },
      { pid: waiter.pid, batchId: waiter.id },
    ];
    const sentences: Sentence[] = [
      {
        text: `${who(holder.pid)} held the lock from ${ms(held.start)}`,
        at: held.start,
        ...holding,
      },
      {
        text: `${who(waiter.pid)} wanted the lock at ${ms(waiter.start)}, and had to wait until ${ms(got.start)}`,
        at: waiter.start,
        ...waiting,
      },
      {
        text: `${who(holder.pid)} ${sold} at ${ms(holder.wrote.at)}`,
        at: holder.wrote.at,
        ...holding,
      },
      {
        text: `${who(waiter.pid)} read ${left(waiter.read)} at ${ms(waiter.read.at)}: what ${who(holder.pid)} had written`,
        at: waiter.read.at,
        ...waiting,
      },
    ];
    return inOrder(sentences);
  }
  const [first] = batches;
  if (first === undefined) return [];
  const text = batches.every(({ pid }) => pid === first.pid)
    ? `${who(first.pid)} sold in ${count(batches.length, 'turn')}, one after the other: there was nobody to race with`
    : 'nobody ever waited for anybody';
  return [{ text, at: first.start, pid: first.pid, batchId: first.id }];
}
