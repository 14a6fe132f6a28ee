import type { EventDetails, TicketEvent } from '../booking/inventory.js';
import { serialsFrom } from '../booking/serial-ranges.js';
import type { LoggedEvent } from './life-rules.js';
import type { RequestedOp } from './reference-log.js';
import { ValueOverTime } from './state-ranges.js';

/** An event as the log has changed it so far, and when it had which values. */
export interface EventSoFar extends LoggedEvent {
  details: EventDetails;
  live: number;
  held: number;
  issued: number;
  revision: number;
  readonly cancelled: Set<number>;
  readonly admitted: Set<number>;
  readonly remainingOverTime: ValueOverTime<number>;
  readonly takenOverTime: ValueOverTime<number>;
  readonly revisionOverTime: ValueOverTime<number>;
  readonly inUseOverTime: ValueOverTime<boolean>;
  readonly windowOverTime: ValueOverTime<string>;
}

/** A sale window as text. */
export const windowOf = ({ salesFrom, salesUntil }: Partial<EventDetails>): string =>
  `${salesFrom ?? ''} ${salesUntil ?? ''}`;

const noDetails: EventDetails = {
  name: '',
  venue: '',
  startsAt: '',
  price: { amount: 0, currency: '' },
  capacity: 0,
};

/** An event at the start of the log; without one, an event that does not exist yet. */
export function newEvent(event?: TicketEvent): EventSoFar {
  const { capacity = 0, remaining = 0, issued = 0, revision = 0 } = event ?? {};
  const taken = capacity - remaining;
  return {
    details: event ?? noDetails,
    live: taken,
    held: 0,
    issued,
    revision,
    cancelled: new Set(event?.cancelled?.flatMap(serialsIn)),
    admitted: new Set(event?.admitted?.flatMap(serialsIn)),
    remainingOverTime: new ValueOverTime(event === undefined ? Number.NaN : remaining),
    takenOverTime: new ValueOverTime(taken),
    revisionOverTime: new ValueOverTime(revision),
    inUseOverTime: new ValueOverTime(issued > 0 || taken > 0),
    windowOverTime: new ValueOverTime(event === undefined ? '' : windowOf(event)),
  };
}

const serialsIn = ([first, last]: readonly [number, number]): number[] =>
  serialsFrom(first, last - first + 1);

/** Changes an event by an operation. */
export function applyOp(op: RequestedOp, event: EventSoFar): void {
  switch (op.op) {
    case undefined:
      event.live += op.quantity;
      if (op.hold !== undefined) event.held -= op.quantity;
      event.issued = Math.max(event.issued, op.first + op.quantity - 1);
      for (const serial of serialsFrom(op.first, op.quantity)) event.cancelled.delete(serial);
      return;
    case 'hold':
      event.held += op.quantity;
      return;
    case 'release':
      event.held -= op.quantity;
      return;
    case 'cancel':
      event.live -= op.quantity;
      for (const serial of serialsFrom(op.first, op.quantity)) event.cancelled.add(serial);
      return;
    case 'admit':
      event.admitted.add(op.serial);
      return;
    case 'save':
      event.revision = op.revision;
      event.details = op.details;
      return;
    case 'remove':
      event.revision = 0;
      event.details = noDetails;
  }
}
