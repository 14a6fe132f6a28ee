import type { Batch, Lane, LostSide, LostUpdate } from '../timeline/report.js';

interface Write extends LostSide {
  readonly at: number;
}

/** A write is compared with this many earlier writes of the same version. */
const COMPARED_MAX = 50;

/**
 * Finds the first lost update: two batches that wrote the same version, because both had read the
 * version before it. Pure. It prefers a pair of two processes, which shows that a lock within one
 * process would not have helped; and among those a clear one, whose batches both knew what they had
 * read before either wrote.
 */
export function firstLostUpdate(lanes: readonly Lane[]): LostUpdate | undefined {
  const writes = lanes
    .flatMap(({ pid, batches }) => batches.flatMap((batch) => writeOf(pid, batch)))
    .sort((a, b) => a.at - b.at);
  const byVersion = new Map<number, Write[]>();
  let acrossProcesses: LostUpdate | undefined;
  let withinProcess: LostUpdate | undefined;
  for (const write of writes) {
    const earlier = byVersion.get(write.wrote.version) ?? [];
    const others = earlier.filter(({ pid }) => pid !== write.pid);
    const clear = others.findLast(({ wrote }) => write.read.at < wrote.at);
    if (clear !== undefined) return lostUpdateOf(clear, write);
    const [other, own] = [others.at(-1), earlier.at(-1)];
    if (other !== undefined) acrossProcesses ??= lostUpdateOf(other, write);
    if (own !== undefined) withinProcess ??= lostUpdateOf(own, write);
    byVersion.set(write.wrote.version, [...earlier, write].slice(-COMPARED_MAX));
  }
  return acrossProcesses ?? withinProcess;
}

function writeOf(pid: number, { id, read, wrote, serials, spans }: Batch): Write[] {
  if (read === undefined || wrote === undefined) return [];
  // A batch of the ledger never overwrites: a line that comes second does not count.
  if (spans.some(({ kind }) => kind === 'checking')) return [];
  const readFrom = spans.find(({ kind }) => kind === 'reading')?.start ?? read.at;
  return [{ pid, batchId: id, read, readFrom, wrote, serials, at: wrote.at }];
}

function lostUpdateOf(erased: Write, erasing: Write): LostUpdate {
  const erasedSerials = new Set(erased.serials);
  const serials = erasing.serials.filter((serial) => erasedSerials.has(serial));
  return { erased: sideOf(erased), erasing: sideOf(erasing), serials };
}

const sideOf = ({ at: _at, ...side }: Write): LostSide => side;
