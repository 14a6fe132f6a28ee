import type { RemoveEvent, SaveEvent } from '../booking/commands.js';
import type { EventDetails } from '../booking/inventory.js';
import type { CapacityTooSmall, RevisionMismatch } from '../booking/outcomes.js';

export interface ListedEvent extends EventDetails {
  readonly id: string;
  readonly remaining: number;
}

export interface FoundEvent extends ListedEvent {
  readonly revision: number;
}

/** What became of an edit. */
export type EditResult =
  | { readonly kind: 'saved'; readonly revision: number }
  | { readonly kind: 'removed' | 'unknownEvent' | 'eventInUse' }
  | Pick<RevisionMismatch, 'kind' | 'revision'>
  | Pick<CapacityTooSmall, 'kind' | 'taken'>;

/** Where events are edited: on a server, or in a folder that no server has open. */
export interface EventEditor {
  list(): Promise<readonly ListedEvent[]>;
  find(eventId: string): Promise<FoundEvent | undefined>;
  /** Saves or removes an event, if it still has the revision that the command names. */
  edit(command: SaveEvent | RemoveEvent): Promise<EditResult>;
}
