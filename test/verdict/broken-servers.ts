import type { Command } from '../../src/booking/commands.js';
import { decideWithKeys } from '../../src/booking/idempotency.js';
import {
  type Hold,
  isOnSale,
  type TicketEvent,
  type TicketState,
} from '../../src/booking/inventory.js';
import {
  includesSerial,
  type SerialRanges,
  serialsFrom,
  withSerials,
} from '../../src/booking/serial-ranges.js';
import type { LifeRuleName } from '../../src/verdict/life-rules.js';
import type { Decide } from './scripted-server.js';

/** A server that lacks one guard: its answers and its ledger agree, and both are wrong. */
export interface BrokenServer {
  readonly name: string;
  /** The rule that finds it, and no other one. */
  readonly rule: LifeRuleName;
  /** A new one for every script. */
  readonly create: () => Decide;
}

/** What a server without the guard believes before a command, and how its belief is taken back. */
interface Belief {
  readonly event?: Partial<TicketEvent>;
  readonly holds?: Readonly<Record<string, Hold>>;
  readonly command?: Command;
  /** Puts back what was not true, in the event after the command. */
  readonly restore?: (after: TicketEvent, before: TicketEvent) => Partial<TicketEvent>;
  /** By how much it reports more remaining tickets than there are. */
  readonly tooMany?: number;
}

/** Decides like the real server, except for what it believes before some commands. */
function lacking(
  believe: (
    event: TicketEvent,
    command: Command,
    state: TicketState,
    now: string,
  ) => Belief | undefined,
): Decide {
  return (state, commands, now, findByKey) => {
    let current = state;
    const outcomes = [];
    for (const command of commands) {
      const id = eventIdOf(command, current);
      const before = current.events[id];
      const belief = (before && believe(before, command, current, now)) ?? {};
      const decision = decideWithKeys(
        {
          ...current,
          version: state.version,
          events: before
            ? { ...current.events, [id]: { ...before, ...belief.event } }
            : current.events,
          ...(belief.holds && { holds: belief.holds }),
        },
        [belief.command ?? command],
        now,
        findByKey,
      );
      const { tooMany = 0, restore } = belief;
      const [outcome] = decision.outcomes;
      if (outcome === undefined) continue;
      const isSaved = outcome.kind === 'saved' && before !== undefined;
      outcomes.push(
        isSaved
          ? { ...outcome, event: { ...outcome.event, ...restore?.(outcome.event, before) } }
          : 'remaining' in outcome
            ? { ...outcome, remaining: outcome.remaining - tooMany }
            : outcome,
      );
      if (!decision.changed) continue;
      const event = decision.after.events[id];
      const restored = event && before ? { [id]: { ...event, ...restore?.(event, before) } } : {};
      current = { ...decision.after, events: { ...decision.after.events, ...restored } };
    }
    const changed = current !== state;
    const { version, at = now } = current;
    return { outcomes, changed, version, at, after: current };
  };
}

function eventIdOf(command: Command, { holds }: TicketState): string {
  if (command.kind === 'cancel') return command.order.eventId;
  if ('holdId' in command && command.kind !== 'hold')
    return holds?.[command.holdId]?.eventId ?? 'e0';
  return 'eventId' in command ? command.eventId : '';
}

const MANY = 100;

/** Ranges without a serial. */
const without = (ranges: SerialRanges, serial: number) =>
  ranges.flatMap(([first, last]): [number, number][] => {
    if (serial < first || serial > last) return [[first, last]];
    return [
      ...(serial > first ? [[first, serial - 1] as [number, number]] : []),
      ...(serial < last ? [[serial + 1, last] as [number, number]] : []),
    ];
  });

const union = (a: SerialRanges = [], b: SerialRanges = []) =>
  b.reduce((all, [first, last]) => withSerials(all, first, last), a) as [number, number][];

export const brokenServers: readonly BrokenServer[] = [
  {
    name: 'sells more than there are',
    rule: 'overCapacity',
    create: () =>
      lacking((event, { kind }) =>
        kind === 'buy' || kind === 'hold'
          ? {
              event: { remaining: event.remaining + MANY },
              restore: ({ remaining }) => ({ remaining: remaining - MANY }),
              tooMany: MANY,
            }
          : undefined,
      ),
  },
  {
    name: 'makes an event smaller than what is sold',
    rule: 'overCapacity',
    create: () =>
      lacking((event, { kind }) =>
        kind === 'saveEvent'
          ? {
              event: { remaining: event.capacity },
              restore: ({ capacity }, before) => ({
                remaining: capacity - (before.capacity - before.remaining),
              }),
            }
          : undefined,
      ),
  },
  {
    name: 'uses the number of a cancelled ticket again',
    rule: 'serialReused',
    create: () =>
      lacking(({ cancelled = [], issued }, command) => {
        if (command.kind !== 'buy') return undefined;
        const { quantity } = command;
        const [first] = cancelled.find(([from, to]) => to - from + 1 >= quantity) ?? [];
        if (first === undefined) return undefined;
        const others = serialsFrom(first, quantity).reduce(without, cancelled);
        return {
          event: { issued: first - 1, cancelled: others },
          restore: () => ({ issued }),
        };
      }),
  },
  {
    name: 'confirms a hold after its time',
    rule: 'confirmedLate',
    create: () =>
      lacking((_event, command, { holds = {} }) => {
        const hold = command.kind === 'confirm' ? holds[command.holdId] : undefined;
        if (command.kind !== 'confirm' || hold === undefined) return undefined;
        return { holds: { ...holds, [command.holdId]: { ...hold, until: '9999' } } };
      }),
  },
  {
    name: 'ends a hold that has ended',
    rule: 'endedTwice',
    create: () => {
      const known = new Map<string, Hold>();
      return lacking((_event, command, { holds = {} }) => {
        for (const [id, hold] of Object.entries(holds)) known.set(id, hold);
        if (command.kind !== 'release' && command.kind !== 'confirm') return undefined;
        const hold = known.get(command.holdId);
        if (hold === undefined || holds[command.holdId] !== undefined) return undefined;
        return { holds: { ...holds, [command.holdId]: { ...hold, until: '9999' } } };
      });
    },
  },
  {
    name: 'puts the tickets of a cancelled order back on sale',
    rule: 'returnedTwice',
    create: () =>
      lacking((event, { kind }) =>
        kind === 'cancel'
          ? {
              event: { cancelled: [] },
              restore: ({ cancelled }) => ({ cancelled: union(event.cancelled, cancelled) }),
            }
          : undefined,
      ),
  },
  {
    name: 'cancels a ticket that let somebody in',
    rule: 'returnedAdmitted',
    create: () =>
      lacking((event, { kind }) =>
        kind === 'cancel'
          ? { event: { admitted: [] }, restore: () => ({ admitted: union(event.admitted) }) }
          : undefined,
      ),
  },
  {
    name: 'lets two people in with one ticket',
    rule: 'admittedTwice',
    create: () =>
      lacking((event, { kind }) =>
        kind === 'admit'
          ? {
              event: { admitted: [] },
              restore: ({ admitted }) => ({ admitted: union(event.admitted, admitted) }),
            }
          : undefined,
      ),
  },
  {
    name: 'lets somebody in with a cancelled ticket',
    rule: 'admittedCancelled',
    create: () =>
      lacking((event, { kind }) =>
        kind === 'admit'
          ? { event: { cancelled: [] }, restore: () => ({ cancelled: union(event.cancelled) }) }
          : undefined,
      ),
  },
  {
    name: 'lets somebody in with a ticket that is not sold',
    rule: 'admittedUnsold',
    create: () =>
      lacking(({ issued, admitted = [] }, command) =>
        command.kind === 'admit' && !includesSerial(admitted, command.serial)
          ? {
              event: { issued: Math.max(issued, command.serial) },
              restore: () => ({ issued }),
            }
          : undefined,
      ),
  },
  {
    name: 'sells before and after its time',
    rule: 'outsideSale',
    create: () =>
      lacking((event, { kind }, _state, now) => {
        const { salesFrom, salesUntil } = event;
        if ((kind !== 'buy' && kind !== 'hold') || isOnSale(event, now)) return undefined;
        return {
          event: { salesFrom: undefined, salesUntil: undefined },
          restore: () => ({ salesFrom, salesUntil }),
        };
      }),
  },
  {
    name: 'lets an edit overwrite another one',
    rule: 'lostEdit',
    create: () =>
      lacking((_event, command) =>
        command.kind === 'saveEvent' && command.revision !== undefined
          ? { event: { revision: command.revision } }
          : undefined,
      ),
  },
  {
    name: 'removes an event of which tickets are sold',
    rule: 'removedInUse',
    create: () =>
      lacking((event, { kind }, { holds }) =>
        kind === 'removeEvent' && holds === undefined
          ? { event: { issued: 0, remaining: event.capacity } }
          : undefined,
      ),
  },
];
