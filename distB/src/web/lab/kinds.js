import { words } from '../words.js';
const text = words.picture;
/** Lock modes under which nobody waits for anybody. */
const lockless = new Set(['off', 'optimistic']);
const kinds = Object.keys(text.kinds);
/** The kinds of steps that are in a run, in the order of a turn, each with what it means. */
export function kindsIn({ lanes, setting }) {
    const seen = new Set(lanes.flatMap(({ turns }) => turns.flatMap(({ spans }) => spans.map(({ kind }) => kind))));
    const means = (kind) => kind === 'holding' && lockless.has(setting.lockMode) ? text.critical : text.kinds[kind].long;
    return kinds.filter((kind) => seen.has(kind)).map((kind) => ({ kind, means: means(kind) }));
}
