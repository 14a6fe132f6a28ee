import type { Command } from '../../booking/commands.js';
import { detailsOf, eventOf } from '../../booking/inventory.js';
import type { Held, Order } from '../../booking/outcomes.js';
import type { Store } from '../../booking/store.js';

/** What a process of a level does. */
export type LevelVerb = 'buy' | 'admit' | 'cancel' | 'confirm' | 'edit';

/** The command that a process carries out. */
export interface LevelCommand {
  readonly command: Command;
  /** Its clock; missing: the time that it is. */
  readonly now?: string;
}

/** How far the clocks of two processes are from the end of the hold between them. */
const SECOND_MS = 1_000;

/** Longer than a run lasts: its processes have clocks of their own. */
const HOLD_SECONDS = 3_600;

const DOORS = ['north', 'south'];

/**
 * Prepares what the processes of a level are about, and returns what each of them does: two doors need a
 * ticket that was sold, and a confirmation needs a hold. Beside a confirmation, which comes a second
 * before the end of the hold, the others come a second after it.
 */
export async function prepareCommands(
  store: Store,
  eventId: string,
  verbs: readonly LevelVerb[],
): Promise<LevelCommand[]> {
  const order = verbs.some((verb) => verb === 'admit' || verb === 'cancel')
    ? ((await carryOut(store, buyFor('Ada', eventId))) as Order)
    : undefined;
  const held = verbs.includes('confirm')
    ? ((await carryOut(store, holdFor('Ada', eventId))) as Held)
    : undefined;
  const event = eventOf((await store.search()).state, eventId);
  if (event === undefined) throw new Error(`no event ${eventId}`);
  const commandOf = (verb: LevelVerb, index: number): Command => {
    switch (verb) {
      case 'buy':
        return buyFor(`buyer ${index + 1}`, eventId);
      case 'admit':
        return { kind: 'admit', eventId, serial: 1, door: DOORS[index] ?? `door ${index + 1}` };
      case 'cancel':
        if (order === undefined) throw new Error('nothing was sold');
        return { kind: 'cancel', order };
      case 'confirm':
        return { kind: 'confirm', holdId: held?.holdId ?? '' };
      case 'edit': {
        const details = detailsOf(event);
        const { revision } = event;
        const larger = { ...details, capacity: details.capacity + 2 };
        return { kind: 'saveEvent', eventId, event: larger, revision };
      }
    }
  };
  return verbs.map((verb, index) => {
    const command = commandOf(verb, index);
    if (held === undefined) return { command };
    const from = verb === 'confirm' ? -SECOND_MS : SECOND_MS;
    return { command, now: new Date(Date.parse(held.until) + from).toISOString() };
  });
}

/** A process that buys one ticket. */
export const buyFor = (customer: string, eventId: string) =>
  ({ kind: 'buy', eventId, customer, quantity: 1 }) as const;

const holdFor = (customer: string, eventId: string) =>
  ({
    ...buyFor(customer, eventId),
    kind: 'hold',
    holdId: 'h-of-the-level',
    seconds: HOLD_SECONDS,
  }) as const;

async function carryOut(store: Store, command: Command) {
  const { results, durable } = await store.sell([command]);
  await durable;
  return results[0];
}
