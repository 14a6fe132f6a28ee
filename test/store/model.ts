import type { Command } from '../../src/booking/commands.js';
import { decide } from '../../src/booking/decide.js';
import type { TicketState } from '../../src/booking/inventory.js';
import type { Outcome } from '../../src/booking/outcomes.js';

/** The reference model: the pure core, applied to one batch after the other. */
export class Model {
  /** Parts of the state that count their versions separately. */
  readonly #partitions: TicketState[];
  readonly #eventOfHold = new Map<string, string>();

  /** @param perEvent whether each event counts its own versions; otherwise all events share one count */
  constructor(events: TicketState['events'], perEvent: boolean) {
    const partitions = perEvent
      ? Object.entries(events).map(([id, event]) => ({ [id]: event }))
      : [events];
    this.#partitions = partitions.map((each) => ({ version: 0, events: each }));
  }

  get state(): TicketState {
    const holds = Object.assign({}, ...this.#partitions.map((each) => each.holds));
    return {
      version: this.#partitions.reduce((sum, { version }) => sum + version, 0),
      events: Object.assign({}, ...this.#partitions.map(({ events }) => events)),
      ...(Object.keys(holds).length > 0 && { holds }),
    };
  }

  sell(commands: readonly Command[], now = new Date().toISOString()): Outcome[] {
    const empty: TicketState = { version: 0, events: {} };
    const outcomes: Outcome[] = [];
    for (const each of commands) {
      if (each.kind === 'hold') this.#eventOfHold.set(each.holdId, each.eventId);
    }
    const partitions = commands.map((command) => this.#partitionOf(command));
    for (const partition of new Set(partitions)) {
      const indexes = commands.flatMap((_, index) =>
        partitions[index] === partition ? [index] : [],
      );
      const group = indexes.map((index) => commands[index] as Command);
      const decision = decide(this.#partitions[partition] ?? empty, group, now);
      if (partition >= 0) this.#partitions[partition] = decision.after;
      indexes.forEach((index, position) => {
        outcomes[index] = decision.outcomes[position] as Outcome;
      });
    }
    return outcomes;
  }

  #partitionOf(command: Command): number {
    if (this.#partitions.length === 1) return 0;
    const id =
      command.kind === 'confirm' || command.kind === 'release'
        ? (this.#eventOfHold.get(command.holdId) ?? '')
        : command.kind === 'cancel'
          ? command.order.eventId
          : eventIdOf(command);
    return this.#partitions.findIndex(({ events }) => Object.hasOwn(events, id));
  }
}

const eventIdOf = (command: Command): string => ('eventId' in command ? command.eventId : '');
