import type { EventDetails } from '../booking/inventory.js';
import { isOnSale } from '../booking/inventory.js';
import { serialsFrom } from '../booking/serial-ranges.js';
import type { HeldOp, RequestedOp } from './reference-log.js';

/** An event before a change. */
export interface LoggedEvent {
  readonly details: Pick<EventDetails, 'capacity' | 'salesFrom' | 'salesUntil'>;
  /** Tickets that are sold and not returned. */
  readonly live: number;
  readonly held: number;
  /** The highest ticket number so far. */
  readonly issued: number;
  /** 0 if there is no such event. */
  readonly revision: number;
  readonly cancelled: ReadonlySet<number>;
  readonly admitted: ReadonlySet<number>;
}

/** A hold of the log. */
export interface LoggedHold {
  readonly op: HeldOp;
  /** The states after it was made, and after it ended. */
  readonly madeAt: number;
  endedAt?: number;
  end?: 'confirmed' | 'released' | 'expired';
}

/** A change, and what it found. */
export interface Step {
  readonly op: RequestedOp;
  /** The time of its commit. */
  readonly at: string;
  readonly event: LoggedEvent;
  /** The hold that it ends. */
  readonly hold?: LoggedHold | undefined;
}

/** Says what is wrong with a change, as in `sells ticket 4 of jazz again`. */
export type LifeRule = (step: Step) => string | undefined;

/** The tickets of an event that are neither sold nor held. */
export const remainingOf = ({ details, live, held }: LoggedEvent): number =>
  details.capacity - live - held;

/**
 * What every change must keep to, whatever clients were answered. Each names what a ledger would contain
 * if the server lacked a guard.
 */
export const lifeRules = {
  overCapacity({ op, event }) {
    if (op.op === 'save') {
      const taken = event.live + event.held;
      if (op.details.capacity >= taken) return undefined;
      return `gives ${op.event} ${op.details.capacity} tickets, but ${taken} are sold or held`;
    }
    const takes = op.op === 'hold' || (op.op === undefined && op.hold === undefined);
    if (!takes || op.quantity <= remainingOf(event)) return undefined;
    return `sells or holds ${op.quantity} of ${op.event}, but ${remainingOf(event)} remained`;
  },

  serialReused({ op, event }) {
    if (op.op !== undefined || op.first > event.issued) return undefined;
    return `sells ticket ${op.first} of ${op.event} again`;
  },

  endedTwice({ op, hold }) {
    if ((op.op !== undefined && op.op !== 'release') || hold?.end === undefined) return undefined;
    return `ends hold ${hold.op.hold}, which was ${hold.end} before`;
  },

  confirmedLate({ op, at, hold }) {
    if (op.op !== undefined || hold === undefined || at < hold.op.until) return undefined;
    return `confirms hold ${hold.op.hold} at ${at}, but its time was over at ${hold.op.until}`;
  },

  returnedTwice({ op, event }) {
    const twice = cancelledSerials(op).find((serial) => event.cancelled.has(serial));
    return twice === undefined ? undefined : `cancels ticket ${twice} of ${op.event} twice`;
  },

  returnedAdmitted({ op, event }) {
    const inside = cancelledSerials(op).find((serial) => event.admitted.has(serial));
    if (inside === undefined) return undefined;
    return `cancels ticket ${inside} of ${op.event}, which let somebody in`;
  },

  admittedTwice({ op, event }) {
    if (op.op !== 'admit' || !event.admitted.has(op.serial)) return undefined;
    return `lets somebody in twice with ticket ${op.serial} of ${op.event}`;
  },

  admittedCancelled({ op, event }) {
    if (op.op !== 'admit' || !event.cancelled.has(op.serial)) return undefined;
    return `lets somebody in with ticket ${op.serial} of ${op.event}, which is cancelled`;
  },

  admittedUnsold({ op, event }) {
    if (op.op !== 'admit' || (op.serial >= 1 && op.serial <= event.issued)) return undefined;
    return `lets somebody in with ticket ${op.serial} of ${op.event}, which is not sold`;
  },

  outsideSale({ op, at, event }) {
    const takes = op.op === 'hold' || (op.op === undefined && op.hold === undefined);
    if (!takes || isOnSale(event.details as EventDetails, at)) return undefined;
    return `sells or holds tickets of ${op.event} at ${at}, when they are not on sale`;
  },

  lostEdit({ op, event }) {
    if (op.op !== 'save' || op.revision === event.revision + 1) return undefined;
    return `makes revision ${op.revision} of ${op.event} out of revision ${event.revision}`;
  },

  removedInUse({ op, event }) {
    if (op.op !== 'remove' || (event.issued === 0 && event.held === 0)) return undefined;
    return `removes ${op.event}, of which tickets are sold or held`;
  },
} as const satisfies Readonly<Record<string, LifeRule>>;

export type LifeRuleName = keyof typeof lifeRules;
export type LifeRules = Readonly<Partial<Record<LifeRuleName, LifeRule>>>;

const cancelledSerials = (op: RequestedOp): readonly number[] =>
  op.op === 'cancel' ? serialsFrom(op.first, op.quantity) : [];
