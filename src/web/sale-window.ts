import { formatInstant } from './format.js';

/** When tickets may be sold. */
export interface SaleWindow {
  readonly salesFrom?: string | undefined;
  readonly salesUntil?: string | undefined;
}

export type SaleState = 'open' | 'opensLater' | 'closed';

/** Whether tickets may be sold at a moment, in milliseconds since 1970. */
export function saleState({ salesFrom, salesUntil }: SaleWindow, now: number): SaleState {
  if (salesUntil !== undefined && now >= Date.parse(salesUntil)) return 'closed';
  return salesFrom !== undefined && now < Date.parse(salesFrom) ? 'opensLater' : 'open';
}

/** The next moment at which the sale begins or ends; `undefined` if there is none. */
export function nextChange({ salesFrom, salesUntil }: SaleWindow, now: number): number | undefined {
  return [salesFrom, salesUntil]
    .map((time) => (time === undefined ? Number.NaN : Date.parse(time)))
    .find((time) => time > now);
}

/** Why nothing is sold now, in a sentence; empty while the sale is open. */
export function describeSale(window: SaleWindow, now: number): string {
  switch (saleState(window, now)) {
    case 'opensLater':
      return `On sale from ${formatInstant(window.salesFrom ?? '')}.`;
    case 'closed':
      return `The sale ended on ${formatInstant(window.salesUntil ?? '')}.`;
    case 'open':
      return '';
  }
}
