import type { ObservedState } from './report.js';

const numbers = new Intl.NumberFormat('en');

/** `1,104`. */
export const number = (value: number): string => numbers.format(value);

/** `1 ticket`, `2 tickets`, `1,104 tickets`. */
export const count = (value: number, noun: string): string =>
  `${number(value)} ${noun}${value === 1 ? '' : 's'}`;

/** `0.042 ms`, `12.41 ms`, `2,135 ms`: fewer decimals for longer times. */
export function ms(value: number): string {
  const digits = value >= 1000 ? 0 : value >= 100 ? 1 : value >= 0.1 || value === 0 ? 2 : 3;
  return `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

/** `serial 64`, `serials 1 to 87`, `3 serials from 3 to 9`. */
export function serialsInWords(serials: readonly number[]): string {
  const sorted = [...serials].sort((a, b) => a - b);
  const [first, last] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  if (sorted.length === 1) return `serial ${first}`;
  if (last - first === sorted.length - 1) {
    return `serials ${first} ${sorted.length === 2 ? 'and' : 'to'} ${last}`;
  }
  return `${sorted.length} serials from ${first} to ${last}`;
}

/** `3 left`; or `version 7` where the number of remaining tickets is not known. */
export const describeState = ({
  remaining,
  version,
}: Pick<ObservedState, 'version'> & { readonly remaining?: number | undefined }): string =>
  remaining === undefined ? `version ${number(version)}` : `${number(remaining)} left`;
