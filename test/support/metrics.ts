/** What a histogram of `/metrics` has counted, over all workers. */
export interface Counts {
  readonly count: number;
  readonly sum: number;
  /** The smallest bound of a bucket that so large a share of all was within. */
  within(share: number): number;
  /** The smallest bound of a bucket that is not below this. */
  boundFrom(value: number): number;
}

/** Reads a histogram without labels from Prometheus' text format. */
export function histogram(text: string, name: string): Counts {
  const read = (kind: string): number => {
    const [, value] = new RegExp(`^${name}_${kind} (\\S+)$`, 'm').exec(text) ?? [];
    if (value === undefined) throw new Error(`the metrics have no ${name}_${kind}`);
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
