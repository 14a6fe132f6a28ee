/** A histogram of `/metrics`, summed over all workers. */
export interface Counts {
  readonly count: number;
  readonly sum: number;
  /** The upper bound of the first bucket that holds this share of all observations. */
  within(share: number): number;
  /** The first bucket bound that is at least this value. */
  boundFrom(value: number): number;
}

/** Parses a histogram without labels from the Prometheus text format. */
export function histogram(text: string, name: string): Counts {
  const read = (kind: string): number => {
    const [, value] = new RegExp(`^${name}_${kind} (\\S+)$`, 'm').exec(text) ?? [];
    if (value === undefined) throw new Error(`no ${name}_${kind} in the metrics`);
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
