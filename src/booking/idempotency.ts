import type { Admit, Buy, Command, HoldTickets } from './commands.js';
import { type Decision, decide } from './decide.js';
import type { TicketState } from './inventory.js';
import type { KeyReused, Outcome, Replayed } from './outcomes.js';

/** Commands that can have an idempotency key; the others have the same result when repeated anyway. */
type Keyed = Buy | HoldTickets | Admit;

/** What such a command asks for. */
export type KeyedRequest =
  | Pick<Buy | HoldTickets, 'kind' | 'eventId' | 'customer' | 'quantity'>
  | Pick<Admit, 'kind' | 'eventId' | 'serial'>;

/** The result of an earlier command that had an idempotency key. */
export interface KeyedResult<Earlier> {
  readonly earlier: Earlier;
  /** Whether that command asked for the same as this one. */
  matches(request: KeyedRequest): boolean;
}

/** Finds the result that was made with a key before this batch. */
export type FindByKey<Earlier> = (key: string) => KeyedResult<Earlier> | undefined;

/** An outcome where keys are remembered. */
export type KeyedOutcome<Earlier> = Outcome | KeyReused | Replayed<Earlier>;

/** The idempotency key of a command, if it has one. */
export const keyOf = (command: Command): string | undefined =>
  'key' in command ? command.key : undefined;

/** Whether a command has an idempotency key. */
export const hasKey = (command: Command): command is Keyed & { readonly key: string } =>
  keyOf(command) !== undefined;

/**
 * Decides a batch like `decide`, and never does twice what has an idempotency key. A repeated command
 * gets the first result; the same key with another command is refused. Pure.
 *
 * @param commands no two of them have the same key: the queue keeps them apart
 */
export function decideWithKeys<Earlier>(
  state: TicketState,
  commands: readonly Command[],
  now: string,
  findByKey: FindByKey<Earlier>,
): Decision<KeyedOutcome<Earlier>> {
  const found = commands.map((command) => (hasKey(command) ? findByKey(command.key) : undefined));
  if (found.every((each) => each === undefined)) return decide(state, commands, now);

  const unknown = commands.filter((_, index) => found[index] === undefined);
  const decision = decide(state, unknown, now);
  const { changed, version, at } = decision;
  const decided = decision.outcomes.values();
  const outcomes = commands.map((command, index): KeyedOutcome<Earlier> => {
    const known = found[index];
    if (known === undefined) return decided.next().value as Outcome;
    if (known.matches(command as Keyed)) return { kind: 'replayed', earlier: known.earlier };
    return { kind: 'keyReused', version };
  });
  return {
    outcomes,
    changed,
    version,
    at,
    get after() {
      return decision.after;
    },
  };
}

/** What a command asks for, as text: two commands with one key must agree in it. */
export function requestOf(request: KeyedRequest): string {
  const { kind, eventId } = request;
  return JSON.stringify(
    kind === 'admit'
      ? [kind, eventId, request.serial]
      : [kind, eventId, request.customer, request.quantity],
  );
}
