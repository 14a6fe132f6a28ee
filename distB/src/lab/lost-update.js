/** Of every write, so many that made the same version are looked at. */
const SAME_MAX = 50;
/**
 * Finds the first lost update: two turns that made the same version, because both had read the one
 * before it. Pure. A pair of two processes is preferred: that a lock in one of them would not have
 * helped is the better part of the lesson. And one that is plain to see: both had read, as far as
 * they knew, before either wrote.
 */
export function firstLostUpdate(lanes) {
    const writes = lanes
        .flatMap(({ pid, turns }) => turns.flatMap((turn) => writeOf(pid, turn)))
        .sort((a, b) => a.at - b.at);
    const earlier = new Map();
    let across;
    let within;
    for (const write of writes) {
        const same = earlier.get(write.wrote.version) ?? [];
        const others = same.filter(({ pid }) => pid !== write.pid);
        const plain = others.findLast(({ wrote }) => write.read.at < wrote.at);
        if (plain !== undefined)
            return lost(plain, write);
        const [other, own] = [others.at(-1), same.at(-1)];
        if (other !== undefined)
            across ??= lost(other, write);
        if (own !== undefined)
            within ??= lost(own, write);
        earlier.set(write.wrote.version, [...same, write].slice(-SAME_MAX));
    }
    return across ?? within;
}
function writeOf(pid, { id, read, wrote, serials, spans }) {
    if (read === undefined || wrote === undefined)
        return [];
    // A line of the ledger that was appended and did not count has written nothing.
    if (spans.some(({ kind }) => kind === 'checking'))
        return [];
    const readFrom = spans.find(({ kind }) => kind === 'reading')?.start ?? read.at;
    return [{ pid, turnId: id, read, readFrom, wrote, serials, at: wrote.at }];
}
function lost(erased, erasing) {
    const both = new Set(erased.serials);
    const serials = erasing.serials.filter((serial) => both.has(serial));
    return { erased: sideOf(erased), erasing: sideOf(erasing), serials };
}
const sideOf = ({ at: _at, ...side }) => side;
//# sourceMappingURL=lost-update.js.map