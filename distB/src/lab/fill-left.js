/**
 * Says how much was left in each version that was read or written. A turn that answered its buyers
 * told them; of one that never did, others that read or wrote the same version say it. (Two that lost
 * an update to each other wrote one version with, it may be, two numbers; but both have told theirs.)
 *
 * @param first what was left before the run, and in which version
 */
export function fillLeft(turns, first) {
    const known = new Map();
    for (const seen of [first, ...turns.flatMap(({ read, wrote }) => [wrote, read])]) {
        if (seen?.left !== undefined && !known.has(seen.version))
            known.set(seen.version, seen.left);
    }
    const leftIn = (version) => known.get(version);
    return turns.map(({ read, wrote, spans, ...turn }) => ({
        ...turn,
        spans: spans.map((span) => fillSpan(span, { read, wrote }, leftIn)),
        ...(read === undefined ? {} : { read: fill(read, leftIn) }),
        ...(wrote === undefined ? {} : { wrote: fill(wrote, leftIn) }),
    }));
}
function fill(seen, leftIn) {
    const left = seen.left ?? leftIn(seen.version);
    return left === undefined ? seen : { ...seen, left };
}
function fillSpan(span, { read, wrote }, leftIn) {
    if (span.version === undefined || span.overtaken)
        return span;
    const own = span.kind === 'writing' ? wrote : read;
    const left = (own?.version === span.version ? own.left : undefined) ?? leftIn(span.version);
    return left === undefined ? span : { ...span, left };
}
//# sourceMappingURL=fill-left.js.map