/** Reads a histogram without labels from Prometheus' text format. */
export function histogram(text, name) {
    const read = (kind) => {
        const [, value] = new RegExp(`^${name}_${kind} (\\S+)$`, 'm').exec(text) ?? [];
        if (value === undefined)
            throw new Error(`the metrics have no ${name}_${kind}`);
        return Number(value);
    };
    const count = read('count');
    const found = text.matchAll(new RegExp(`^${name}_bucket{le="([^"]+)"} (\\d+)$`, 'gm'));
    const buckets = [...found].map(([, bound = '', upTo]) => ({
        bound: Number(bound.replace('+Inf', 'Infinity')),
        upTo: Number(upTo),
    }));
    return {
        count,
        sum: read('sum'),
        within: (share) => buckets.find(({ upTo }) => upTo >= share * count)?.bound ?? Number.NaN,
        boundFrom: (value) => buckets.find(({ bound }) => bound >= value)?.bound ?? Number.NaN,
    };
}
//# sourceMappingURL=metrics.js.map