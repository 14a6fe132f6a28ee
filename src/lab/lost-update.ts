import type { Batch, Lane, LostSide, LostUpdate } from '../timeline/report.js';

interface Write extends LostSide {
  readonly at: number;
}

/** Of every write, so many that made the same version are looked at. */
const SAME_MAX = 50;

/**
 * Finds the first lost update: two turns that made the same version, because both had read the one
 * before it. Pure. A pair of two processes is preferred: that a lock in one of them would not have
 * helped is the better part of the lesson. And one that is plain to see: both had read, as far as
 * they knew, before either wrote.
 */
export function firstLostUpdate(lanes: readonly Lane[]): LostUpdate | undefined {
  const writes = lanes
    .flatMap(({ pid, batches }) => batches.flatMap((batch) => writeOf(pid, batch)))
    .sort((a, b) => a.at - b.at);
  const earlier = new Map<number, Write[]>();
  let across: LostUpdate | undefined;
  let within: LostUpdate | undefined;
  for (const write of writes) {
    const same = earlier.get(write.wrote.version) ?? [];
    const others = same.filter(({ pid }) => pid !== write.pid);
    const plain = others.findLast(({ wrote }) => write.read.at < wrote.at);
    if (plain !== undefined) return lost(plain, write);
    const [other, own] = [others.at(-1), same.at(-1)];
    if (other !== undefined) across ??= lost(other, write);
    if (own !== undefined) within ??= lost(own, write);
    earlier.set(write.wrote.version, [...same, write].slice(-SAME_MAX));
  }
  return across ?? within;
}

function writeOf(pid: number, { id, read, wrote, serials, spans }: Batch): Write[] {
  if (read === undefined || wrote === undefined) return [];
  // A line of the ledger that was appended and did not count has written nothing.
  if (spans.some(({ kind }) => kind === 'checking')) return [];
  const readFrom = spans.find(({ kind }) => kind === 'reading')?.start ?? read.at;
  return [{ pid, batchId: id, read, readFrom, wrote, serials, at: wrote.at }];
}

function lost(erased: Write, erasing: Write): LostUpdate {
  const both = new Set(erased.serials);
  const serials = erasing.serials.filter((serial) => both.has(serial));
  return { erased: sideOf(erased), erasing: sideOf(erasing), serials };
}

const sideOf = ({ at: _at, ...side }: Write): LostSide => side;
