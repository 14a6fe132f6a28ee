import { number } from '../timeline/format.js';

const days = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hour12: false });

/** The local time at the venue, whatever the reader's time zone is. */
export function formatStart(startsAt: string): string {
  // Without its offset the time is parsed as it is written.
  const local = new Date(startsAt.replace(/(Z|[+-]\d\d:?\d\d)$/, ''));
  return `${days.format(local)}, ${clock.format(local)}`;
}

/** @param amount in the currency's smallest unit */
export function formatPrice({ amount, currency }: { amount: number; currency: string }): string {
  if (amount === 0) return 'free';
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

/** `7`, or `7 to 9`. */
export const formatSerials = (first: number, last: number): string =>
  first === last ? number(first) : `${number(first)} to ${number(last)}`;

/** `45 s`, `12 min`, `3 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.floor(seconds)} s`;
  if (seconds < 5400) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
