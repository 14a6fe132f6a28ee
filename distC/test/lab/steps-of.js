/** Steps of one turn: a name and when, one after the other; what belongs to a step in `detail`. */
export function stepsOf(pid, turn, times, detail = {}) {
    return Object.entries(times).map(([name, at]) => ({
        pid,
        name: name,
        turn,
        at,
        ...(name === 'loaded' ? { version: detail.read ?? 0 } : {}),
        ...(name === 'replaced' ? { version: detail.wrote ?? 0 } : {}),
        ...(name === 'answered' ? { told: detail.told ?? [], buys: detail.told?.length ?? 0 } : {}),
    }));
}
/** One buyer who was sold one ticket. */
export const sold = (serial, left) => [
    { kind: 'sold', serials: [serial], left },
];
/** A whole turn of the json store that sold one ticket, ten milliseconds a step. */
export function aTurn(pid, turn, start, read, left) {
    const names = [
        ...['lockWanted', 'lockHeld', 'loaded', 'paused', 'decided', 'replaced'],
        ...['appended', 'lockReleased', 'synced', 'answered'],
    ];
    const times = Object.fromEntries(names.map((name, index) => [name, start + 10 * index]));
    return stepsOf(pid, turn, times, { read, wrote: read + 1, told: sold(read + 1, left) });
}
//# sourceMappingURL=steps-of.js.map