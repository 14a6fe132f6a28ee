import { number } from '../timeline/format.js';
import { minorUnitDigits } from './currency.js';

const day = new Intl.DateTimeFormat('en', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const clock = new Intl.DateTimeFormat('en', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23', // with h24, midnight is 24:00
});

/** The local time at the venue, as it is written in `startsAt`, whatever the reader's time zone is. */
export function formatStart(startsAt: string): string {
  // As if it were UTC: in the reader's zone the clocks may skip this very hour.
  const local = new Date(startsAt.replace(/(Z|[+-]\d\d:\d\d)$/, 'Z'));
  return `${day.format(local)}, ${clock.format(local)}`;
}

const instant = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});
const localClock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** A moment in the reader's time zone, which it names: when a sale begins is the same everywhere. */
export const formatInstant = (iso: string): string => instant.format(new Date(iso));

/** `19:42` in the reader's time zone, with the day unless it is today. */
export function formatClock(iso: string, now = new Date()): string {
  const time = new Date(iso);
  if (time.toDateString() === now.toDateString()) return localClock.format(time);
  return instant.format(time);
}

/** `9:58`, `0:07`: what is left of a time. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** @param amount in the currency's minor unit (ISO 4217) */
export function formatPrice({ amount, currency }: { amount: number; currency: string }): string {
  if (amount === 0) return 'free';
  const digits = minorUnitDigits(currency);
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
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
