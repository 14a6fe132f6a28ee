import { z } from 'zod';
import { type TicketState, ticketState } from '../../booking/inventory.js';
import { UserError } from '../../user-error.js';

/** A file that is not a valid ticket file: its path, and what is wrong. */
export class TicketFileError extends UserError {
  constructor(path: string, reason: string) {
    super(`${path} is not a ticket file: ${reason}`);
  }
}

/**
 * Parses the bytes of a ticket file or of a seed.
 *
 * @throws TicketFileError with the first thing that is wrong
 */
export function parseTickets(path: string, bytes: Buffer): TicketState {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new TicketFileError(path, (error as Error).message);
  }
  const { success, data, error } = ticketState.safeParse(json);
  if (!success) throw new TicketFileError(path, z.prettifyError(error).split('\n').join(' '));
  for (const [id, { capacity, remaining }] of Object.entries(data.events)) {
    if (remaining > capacity) {
      throw new TicketFileError(path, `${id} has ${remaining} of ${capacity} tickets left`);
    }
  }
  return data;
}

/** The text of a ticket file. */
export const printTickets = (state: TicketState): string => `${JSON.stringify(state, null, 2)}\n`;
