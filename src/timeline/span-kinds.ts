import type { Run, SpanKind } from './report.js';
import type { LabLockMode } from './setting.js';

/** Each kind of span, in the order of a batch: as a verb for a block, and in full for a legend. */
export const spanKinds: Readonly<Record<SpanKind, { does: string; long: string }>> = {
  waiting: { does: 'waits', long: 'waiting for the lock' },
  holding: { does: 'holds', long: 'holding the lock' },
  reading: { does: 'reads', long: 'reading how many tickets are left' },
  pausing: { does: 'pauses', long: 'pausing (the race window)' },
  stopped: { does: 'is stopped', long: 'stopped' },
  deciding: { does: 'decides', long: 'deciding' },
  sending: { does: 'sends', long: 'sending a message' },
  writing: { does: 'writes', long: 'writing' },
  recording: { does: 'records', long: 'recording the results' },
  checking: { does: 'checks', long: 'checking whether its line counts' },
  syncing: { does: 'syncs', long: 'waiting for the disk' },
};

/** Lock modes without a lock to hold. */
const lockless: ReadonlySet<LabLockMode> = new Set(['off', 'optimistic']);

/** Whether there is no lock that a process could wait for. */
export const isLockless = (mode: LabLockMode): boolean => lockless.has(mode);

/** How much a timeline shows. `simple`: who reads, decides and writes when, and who waits. */
export type Detail = 'simple' | 'full';

const simple: ReadonlySet<SpanKind> = new Set([
  'waiting',
  'holding',
  'reading',
  'stopped',
  'deciding',
  'sending',
  'writing',
  'checking',
]);

/** Whether a kind of span is shown. */
export const isShown = (kind: SpanKind, detail: Detail): boolean =>
  detail === 'full' || simple.has(kind);

const unprotected = 'unprotected: no other process is kept out';

/** The kinds of spans that occur in a run, in the order of a batch, with their meaning. */
export function spanKindsIn(
  { lanes, setting }: Pick<Run, 'lanes' | 'setting'>,
  detail: Detail,
): { kind: SpanKind; means: string }[] {
  const present = new Set(
    lanes.flatMap(({ batches }) => batches.flatMap(({ spans }) => spans.map(({ kind }) => kind))),
  );
  const isUnprotected = isLockless(setting.lockMode);
  return (Object.keys(spanKinds) as SpanKind[])
    .filter((kind) => present.has(kind) && isShown(kind, detail))
    .map((kind) => ({
      kind,
      means: kind === 'holding' && isUnprotected ? unprotected : spanKinds[kind].long,
    }));
}
