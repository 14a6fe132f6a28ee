const numbers = new Intl.NumberFormat('en');
const days = new Intl.DateTimeFormat('en', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
});
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hour12: false });
export const number = (value) => numbers.format(value);
/** The time on the wall where it takes place, whatever the reader's zone is. */
export function when(startsAt) {
    // The offset is left out, so that the parts stay as they are written.
    const there = new Date(startsAt.replace(/(Z|[+-]\d\d:?\d\d)$/, ''));
    return `${days.format(there)}, ${clock.format(there)}`;
}
export function money({ amount, currency }) {
    if (amount === 0)
        return 'free';
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(amount / 10 ** digits);
}
/** `7`, or `7 to 9`. */
export function serials(first, last) {
    return first === last ? number(first) : `${number(first)} to ${number(last)}`;
}
/** Seconds, in words short enough for a table. */
export function lasting(seconds) {
    if (seconds < 90)
        return `${Math.floor(seconds)} s`;
    if (seconds < 5400)
        return `${Math.floor(seconds / 60)} min`;
    return `${Math.floor(seconds / 3600)} h`;
}
/** Milliseconds with as many digits as matter, since races are won by little: `0.042 ms`. */
export function ms(value) {
    const digits = value === 0 ? 0 : value < 10 ? 3 : value < 1000 ? 2 : 0;
    return `${value.toFixed(digits)} ms`;
}
