/** Finds the two turns; in a run with one process, or without sales, there are none. */
export function pairOf(run) {
    const { lostUpdate } = run;
    if (lostUpdate === undefined)
        return handOver(run);
    const first = sideOf(run, lostUpdate.erased.turnId);
    const second = sideOf(run, lostUpdate.erasing.turnId);
    return first && second && { kind: 'lost', first, second };
}
function sideOf({ lanes }, turnId) {
    for (const lane of lanes) {
        const turn = lane.turns.find(({ id }) => id === turnId);
        if (turn !== undefined)
            return { lane, turn };
    }
    return undefined;
}
/** The first time that a process read what another one had just written. */
function handOver({ lanes }) {
    const writers = new Map();
    for (const lane of lanes) {
        for (const turn of lane.turns) {
            if (turn.wrote !== undefined)
                writers.set(turn.wrote.version, { lane, turn, wrote: turn.wrote });
        }
    }
    let found;
    for (const lane of lanes) {
        for (const turn of lane.turns) {
            const first = turn.read && writers.get(turn.read.version);
            if (turn.read === undefined || first === undefined || first.lane === lane)
                continue;
            // A process may sell of another event, to warm up: that is no hand-over of this one's tickets.
            if (turn.read.left === undefined || turn.read.left !== first.wrote.left)
                continue;
            // One that sold something says more than one that only found out.
            if (turn.wrote === undefined || (found !== undefined && found.at <= turn.read.at))
                continue;
            found = { at: turn.read.at, pair: { kind: 'handedOver', first, second: { lane, turn } } };
        }
    }
    return found?.pair;
}
