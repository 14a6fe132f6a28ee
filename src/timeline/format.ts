/** `12.41 ms`: as many digits as tell neighbours apart. */
export function ms(at: number): string {
  const digits = at < 100 ? 2 : at < 1000 ? 1 : 0;
  return `${at.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

/** `1 ticket`, `2 tickets`, `1,104 tickets`. */
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

/** `serial 64`, `serials 1 to 87`, `serials 3, 5 and 9`. */
export function serialsInWords(serials: readonly number[]): string {
  const sorted = [...serials].sort((a, b) => a - b);
  const [first, last] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  if (sorted.length === 1) return `serial ${first}`;
  if (last - first === sorted.length - 1) {
    return `serials ${first} ${sorted.length === 2 ? 'and' : 'to'} ${last}`;
  }
  return `${sorted.length} serials from ${first} to ${last}`;
}
