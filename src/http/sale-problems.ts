import type { KeyReused, NotOnSale, SoldOut, UnknownEvent } from '../booking/outcomes.js';
import { ProblemError } from './problems.js';

/** The problem that says why tickets were neither sold nor held: a 409 where none are left. Statuses: problems.ts. */
export function ticketProblem(
  refused: SoldOut | NotOnSale | UnknownEvent | KeyReused,
): ProblemError {
  switch (refused.kind) {
    case 'soldOut': {
      const { remaining, requested } = refused;
      return new ProblemError('sold-out', { remaining, requested });
    }
    case 'notOnSale': {
      const { salesFrom, salesUntil } = refused;
      return new ProblemError('not-on-sale', { salesFrom, salesUntil });
    }
    case 'unknownEvent':
      return unknownEvent(refused.eventId);
    case 'keyReused':
      return keyReused();
  }
}

export const unknownEvent = (eventId: string): ProblemError =>
  new ProblemError('unknown-event', { detail: `There is no event ${eventId}` });

export const keyReused = (): ProblemError =>
  new ProblemError('key-reused', { detail: 'This key belongs to another request' });
