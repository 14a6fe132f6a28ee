import { fillLeft } from './fill-left.js';
import { isMark } from './traced-step.js';
import { instant, turnsOf } from './turns.js';
/**
 * Puts what the processes noted in one run on one axis, a lane each. Pure.
 *
 * @param first what was left before the run, and in which version
 */
export function lanesOf(traced, first) {
    const steps = traced.filter((each) => !isMark(each));
    const marks = traced.filter(isMark);
    const zero = smallest(steps.map(({ at }) => at));
    const end = largest(traced.map(({ at }) => at));
    const killedAt = new Map(marks.filter(({ mark }) => mark === 'killed').map(({ pid, at }) => [pid, at]));
    const turns = turnsOf(steps, zero, (pid) => killedAt.get(pid) ?? end);
    const laneOf = new Map();
    const own = (pid) => {
        const lane = laneOf.get(pid) ?? { turns: [], marks: [] };
        laneOf.set(pid, lane);
        return lane;
    };
    for (const { pid, mark, at } of marks) {
        if (mark !== 'full' && at >= zero)
            own(pid).marks.push({ at: instant(at, zero), kind: mark });
    }
    for (const turn of fillLeft(turns, first)) {
        const lane = own(Number.parseInt(turn.id, 10));
        lane.turns.push(withStops(turn, lane.marks));
    }
    const ended = steps.filter(({ name }) => name === 'answered' || name === 'refused');
    return {
        lanes: [...laneOf]
            .map(([pid, lane]) => ({ pid, name: `worker ${pid}`, ...lane }))
            .sort((a, b) => firstOf(a) - firstOf(b)),
        endMs: instant(end, zero),
        sellingMs: ended.length === 0 ? 0 : instant(largest(ended.map(({ at }) => at)), zero),
        gaps: marks.some(({ mark }) => mark === 'full'),
    };
}
/** When a process began its first turn; one that came too late for any stands last. */
const firstOf = ({ turns }) => turns[0]?.start ?? Number.MAX_SAFE_INTEGER;
/** A pause in which the process was stopped was no race window. */
function withStops(turn, marks) {
    const wasStopped = ({ start, end }) => marks.some(({ kind, at }) => kind === 'stopped' && at >= start && at <= end);
    const spans = turn.spans.map((span) => span.kind === 'pausing' && wasStopped(span) ? { ...span, kind: 'stopped' } : span);
    return { ...turn, spans };
}
// Not by spreading: there may be more of them than a call takes.
const smallest = (numbers) => numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
const largest = (numbers) => numbers.reduce((most, number) => Math.max(most, number), 0);
//# sourceMappingURL=lanes.js.map