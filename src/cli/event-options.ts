import { type EventDetails, eventToSave, ticketState } from '../booking/inventory.js';
import { UserError } from '../user-error.js';
import { wholeNumber } from './command.js';

const NUMBER_MAX = 999_999_999;

/** The options of `npm run events`. */
export interface Options {
  readonly url?: string;
  readonly revision?: string;
  readonly name?: string;
  readonly venue?: string;
  readonly startsAt?: string;
  readonly price?: string;
  readonly currency?: string;
  readonly capacity?: string;
  readonly salesFrom?: string;
  readonly salesUntil?: string;
}

/**
 * The id of an event.
 *
 * @throws UserError that says what an id is
 */
export function idOf(id: string | undefined): string {
  if (id === undefined) throw new UserError('name the id of the event, such as pier-night');
  const { success, error } = ticketState.shape.events.keyType.safeParse(id);
  if (success) return id;
  throw new UserError(`${JSON.stringify(id)} is no id: ${error.issues[0]?.message}`);
}

/** The revision that the event must have. */
export const revisionOf = ({ revision }: Options): number | undefined =>
  revision === undefined ? undefined : wholeNumber('--revision', revision, 1, NUMBER_MAX);

/** What is changed of an event. */
export type Changes = Partial<Omit<EventDetails, 'price'>> & {
  price?: Partial<EventDetails['price']>;
};

/** What the options say of an event, as it is saved. */
export function changesOf(options: Options): Changes {
  const { price, currency, capacity, url: _, revision: _r, ...texts } = options;
  const count = (name: string, text: string): number => wholeNumber(name, text, 0, NUMBER_MAX);
  const ofPrice = {
    ...(price !== undefined && { amount: count('--price', price) }),
    ...(currency !== undefined && { currency }),
  };
  const given = Object.entries(texts).map(([name, text]) => [
    name,
    name.startsWith('sales') && text === 'none' ? undefined : text,
  ]);
  return {
    ...Object.fromEntries(given),
    ...(capacity !== undefined && { capacity: count('--capacity', capacity) }),
    ...(Object.keys(ofPrice).length > 0 && { price: ofPrice }),
  };
}

const optionOf: Readonly<Record<string, string>> = {
  startsAt: '--starts-at',
  salesFrom: '--sales-from',
  salesUntil: '--sales-until',
  amount: '--price',
};

/**
 * An event that can be saved.
 *
 * @throws UserError that names the option of the first mistake
 */
export function validDetails(event: object): EventDetails {
  const { success, data, error } = eventToSave.safeParse(event);
  if (success) return data;
  const { path = [], message } = error.issues[0] ?? {};
  const member = String(path.at(-1) ?? 'the event');
  const isMissing = !path.reduce(
    (value, name) => value?.[name as never],
    event as object | undefined,
  );
  const option = optionOf[member] ?? `--${member}`;
  throw new UserError(isMissing ? `${option} is missing, see --help` : `${option}: ${message}`);
}
