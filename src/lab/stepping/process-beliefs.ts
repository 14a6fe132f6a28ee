import type { Command } from '../../booking/commands.js';
import { eventOf, holdOf, type TicketState } from '../../booking/inventory.js';
import type { Outcome, Result } from '../../booking/outcomes.js';
import { includesSerial } from '../../booking/serial-ranges.js';
import { count, serialsInWords } from '../../timeline/format.js';

/** What a process that carries out a command has read, for the learner. Pure. */
export function whatItRead(state: TicketState, command: Command): string {
  switch (command.kind) {
    case 'admit': {
      const { admitted = [] } = eventOf(state, command.eventId) ?? {};
      const used = includesSerial(admitted, command.serial) ? 'used' : 'not used yet';
      return `ticket ${command.serial} is ${used}`;
    }
    case 'cancel': {
      const { eventId, serials } = command.order;
      const { cancelled = [] } = eventOf(state, eventId) ?? {};
      return `the order is ${includesSerial(cancelled, serials[0] ?? 0) ? 'cancelled' : 'valid'}`;
    }
    case 'confirm':
      return holdOf(state, command.holdId) === undefined ? 'the hold is gone' : 'the hold is there';
    case 'saveEvent': {
      const { revision = 0, capacity = 0 } = eventOf(state, command.eventId) ?? {};
      return `revision ${revision}, with ${count(capacity, 'ticket')}`;
    }
    default:
      return leftIn(state, command);
  }
}

function leftIn(state: TicketState, command: Command): string {
  const id = 'eventId' in command ? command.eventId : '';
  const held = Object.values(state.holds ?? {}).filter(({ eventId }) => eventId === id).length;
  const left = `${count(eventOf(state, id)?.remaining ?? 0, 'ticket')} left`;
  return held === 0 ? left : `${left}, ${held} held`;
}

/** What a process has decided: the state that it writes. Pure. */
export function whatItDecided(after: TicketState, command: Command): string {
  const eventId = eventIdOf(after, command);
  const { issued = 0, remaining = 0, revision = 0, capacity = 0 } = eventOf(after, eventId) ?? {};
  switch (command.kind) {
    case 'admit':
      return `it lets somebody in with ticket ${command.serial}`;
    case 'cancel':
      return `it puts ${serialsInWords(command.order.serials)} back on sale, ${remaining} left`;
    case 'confirm':
      return `it sells ticket ${issued} to its holder, ${remaining} left`;
    case 'saveEvent':
      return `it saves revision ${revision}, with ${count(capacity, 'ticket')}`;
    default:
      return `it sells ticket ${issued}, ${remaining} left`;
  }
}

/** The event of a command. A hold that is confirmed says it no more: a run has only one event then. */
function eventIdOf({ events }: TicketState, command: Command): string {
  if ('eventId' in command) return command.eventId;
  return command.kind === 'cancel' ? command.order.eventId : (Object.keys(events)[0] ?? '');
}

const refusals: Readonly<Partial<Record<Outcome['kind'], string>>> = {
  soldOut: 'sold out',
  alreadyAdmitted: 'the ticket has let somebody in before',
  alreadyCancelled: 'the order was cancelled before',
  holdExpired: 'the time of the hold is over',
  unknownHold: 'the hold is gone',
  revisionMismatch: 'somebody else has changed the event',
};

/** Why nothing is changed. Pure. */
export const whyRefused = ({ kind }: Outcome): string => refusals[kind] ?? kind;

/** What the client of a process was told. Pure. */
export function describeResult(result: Result): string {
  switch (result.kind) {
    case 'sold':
      return `its buyer has ${serialsInWords(result.serials)}`;
    case 'soldOut':
      return 'its buyer was told "sold out"';
    case 'admitted':
      return `its door, ${result.door}, let somebody in`;
    case 'cancelled':
      return 'its buyer was told "cancelled", and gets the money back';
    case 'saved':
      return `its editor was told that revision ${result.event.revision} is saved`;
    default:
      return `its client was told: ${refusals[result.kind as Outcome['kind']] ?? result.kind}`;
  }
}
