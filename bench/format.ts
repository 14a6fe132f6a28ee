/** Shown where there is no figure. */
export const none = '–';

export const number = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 });

/** `306`, `9.8k`, `12.1k`, `1M`. */
export function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(1))}M`;
  if (value < 1000) return value.toFixed(0);
  return `${(value / 1000).toFixed(value % 1000 === 0 ? 0 : 1)}k`;
}

export const milliseconds = (ms: number): string => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);

/** `0.021`, `0.62`, `24.1`. */
export const ratio = (value = Number.NaN): string =>
  Number.isFinite(value) ? value.toFixed(value < 0.1 ? 3 : value < 10 ? 2 : 1) : none;
