/**
 * How long a connection rests after each delivery while the server is busy, in milliseconds. All of them
 * deliver 25 messages a second then: one takes the processor for about as long as a sale.
 */
export const REST_MS = 320;

/** When delivery leaves the processor to sales. */
export interface Pacing {
  /** Whether sales need it. */
  readonly isBusy: () => boolean;
  /** Messages that are as old go on at full speed. */
  readonly lagMaxMs: number;
}

/** How long to rest after the delivery of a message that was committed at this time. */
export const restMs = ({ isBusy, lagMaxMs }: Pacing, at: string, now: number): number =>
  now - Date.parse(at) < lagMaxMs && isBusy() ? REST_MS : 0;
