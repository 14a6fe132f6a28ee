import type { Command } from '../../booking/commands.js';
import type { Session } from './session.js';
import { selectEventsOfHolds, selectEventsWithExpiry } from './sql/holds.js';

/** Which events the commands of a batch are about. */
export interface BatchEvents {
  /** The ids of all of them. */
  readonly ids: ReadonlySet<string>;
  /** By hold, the id of its event. */
  readonly ofHold: ReadonlyMap<string, string>;
}

/** What PostgreSQL's text can hold: no id contains character 0. */
export const isText = (id: string): boolean => !id.includes('\0');

/** Looks up what the commands do not say: the event of a hold, and the events with expired holds. */
export async function findBatchEvents(
  session: Pick<Session, 'rows'>,
  commands: readonly Command[],
): Promise<BatchEvents> {
  const ids = new Set<string>();
  const ofHold = new Map<string, string>();
  const unknownHolds: string[] = [];
  let expires = false;
  for (const command of commands) {
    switch (command.kind) {
      case 'confirm':
      case 'release':
        if (isText(command.holdId)) unknownHolds.push(command.holdId);
        break;
      case 'expireHolds':
        expires = true;
        break;
      case 'cancel':
        ids.add(command.order.eventId);
        break;
      case 'hold':
        ofHold.set(command.holdId, command.eventId);
        ids.add(command.eventId);
        break;
      default:
        ids.add(command.eventId);
    }
  }
  if (unknownHolds.length > 0) {
    const rows = await session.rows<{ hold: string; event_id: string }>(selectEventsOfHolds, [
      unknownHolds,
    ]);
    for (const { hold, event_id: id } of rows) {
      ofHold.set(hold, id);
      ids.add(id);
    }
  }
  if (expires) {
    const rows = await session.rows<{ event_id: string }>(selectEventsWithExpiry);
    for (const { event_id: id } of rows) ids.add(id);
  }
  return { ids, ofHold };
}

/** The event of a command; `undefined` for a hold that does not exist, and for the expiry of all. */
export function eventIdOf(command: Command, { ofHold }: BatchEvents): string | undefined {
  switch (command.kind) {
    case 'confirm':
    case 'release':
      return ofHold.get(command.holdId);
    case 'cancel':
      return command.order.eventId;
    case 'expireHolds':
      return undefined;
    default:
      return command.eventId;
  }
}
