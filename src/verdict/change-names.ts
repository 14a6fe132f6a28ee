import { serialsFrom } from '../booking/serial-ranges.js';
import type { RequestedOp } from './reference-log.js';

export const ticketName = (what: 'buy' | 'cancel' | 'admit', event: string, serial: number) =>
  `${what} ${serial} ${event}`;
export const holdName = (what: 'hold' | 'confirm' | 'release', hold: string) => `${what} ${hold}`;
export const eventName = (what: 'save' | 'remove', event: string, revision = 0) =>
  `${what} ${revision} ${event}`;

/** What clients call a change: by each of its tickets, by its hold, or by the revision. */
export function namesOf(op: RequestedOp): string[] {
  switch (op.op) {
    case undefined: {
      const names = serialsFrom(op.first, op.quantity).map((s) => ticketName('buy', op.event, s));
      return op.hold === undefined ? names : [...names, holdName('confirm', op.hold)];
    }
    case 'hold':
    case 'release':
      return [holdName(op.op, op.hold)];
    case 'cancel':
      return serialsFrom(op.first, op.quantity).map((s) => ticketName('cancel', op.event, s));
    case 'admit':
      return [ticketName('admit', op.event, op.serial)];
    case 'save':
      return [eventName('save', op.event, op.revision)];
    case 'remove':
      return [eventName('remove', op.event)];
  }
}
