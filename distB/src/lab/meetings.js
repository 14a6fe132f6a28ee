/** All turns of all processes, in order of their start. */
export const ownTurns = (lanes) => lanes
    .flatMap(({ pid, turns }) => turns.map((turn) => ({ ...turn, pid })))
    .sort((a, b) => a.start - b.start);
export const spanOf = (turn, kind) => turn.spans.find((span) => span.kind === kind);
/** Whether two processes ever were at it at once: one wanted or held the lock while another one did. */
export function everMet(lanes) {
    let latest;
    for (const turn of ownTurns(lanes)) {
        const held = spanOf(turn, 'holding');
        // A lock whose holder died is not free for that: others still may come too early.
        const until = held?.unfinished ? Number.POSITIVE_INFINITY : (held?.end ?? turn.end);
        if (latest !== undefined && latest.pid !== turn.pid && turn.start < latest.until)
            return true;
        if (latest === undefined || until > latest.until)
            latest = { pid: turn.pid, until };
    }
    return false;
}
/** How long turns waited for the lock that they were granted. */
export function lockWaits(turns) {
    const waits = turns
        .filter(({ rejected }) => rejected === undefined)
        .flatMap(({ spans }) => spans.filter(({ kind, unfinished }) => kind === 'waiting' && !unfinished))
        .map(({ start, end }) => Math.round((end - start) * 1000) / 1000)
        .sort((a, b) => a - b);
    if (waits.length === 0)
        return undefined;
    const at = (share) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))];
    return { p50: at(0.5) ?? 0, p99: at(0.99) ?? 0, max: waits.at(-1) ?? 0 };
}
/** How often a turn got the lock although one of another process had asked for it earlier. */
export function countOvertakings(turns) {
    const granted = turns.flatMap(({ pid, start, spans }) => {
        const held = spans.find(({ kind }) => kind === 'holding');
        return held === undefined ? [] : [{ pid, wanted: start, held: held.start }];
    });
    return granted.filter((one) => granted.some((other) => {
        const asleep = other.wanted < one.wanted && other.held > one.held;
        return asleep && other.pid !== one.pid;
    })).length;
}
//# sourceMappingURL=meetings.js.map