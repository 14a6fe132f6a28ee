import { words } from '../web/words.js';
import type { Run, SpanKind } from './report.js';

const text = words.picture;
/** Lock modes under which nobody waits for anybody. */
const lockless: ReadonlySet<Run['setting']['lockMode']> = new Set(['off', 'optimistic']);

const kinds = Object.keys(text.kinds) as SpanKind[];

/** The kinds of steps that are in a run, in the order of a turn, each with what it means. */
export function kindsIn({ lanes, setting }: Run): { kind: SpanKind; means: string }[] {
  const seen = new Set(
    lanes.flatMap(({ batches }) => batches.flatMap(({ spans }) => spans.map(({ kind }) => kind))),
  );
  const means = (kind: SpanKind) =>
    kind === 'holding' && lockless.has(setting.lockMode) ? text.critical : text.kinds[kind].long;
  return kinds.filter((kind) => seen.has(kind)).map((kind) => ({ kind, means: means(kind) }));
}
