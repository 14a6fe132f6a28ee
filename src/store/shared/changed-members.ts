import type { TicketState } from '../../booking/inventory.js';

type Members = Readonly<Record<string, unknown>>;

/** The members of a state of which there may be thousands. */
const manyMembers = ['events', 'holds'] as const;

/**
 * Takes out of a parsed ticket file the events and holds that a known state has, too: to check one takes
 * several times as long as to compare it.
 *
 * @returns what is left, and a function that puts the known ones back into its state
 */
export function withoutKnown(
  given: unknown,
  known: TicketState | undefined,
): { readonly changed: unknown; restore(state: TicketState): TicketState } {
  if (known === undefined || !isObject(given)) return { changed: given, restore: (state) => state };
  const changed: Record<string, unknown> = { ...given };
  for (const name of manyMembers) {
    const members = given[name];
    if (isObject(members)) changed[name] = differing(members, known[name] ?? {});
  }
  const restore = (state: TicketState): TicketState => {
    const whole: Record<string, unknown> = { ...state };
    for (const name of manyMembers) {
      const checked = state[name];
      if (checked !== undefined) whole[name] = joined(given[name] as Members, checked, known[name]);
    }
    return whole as unknown as TicketState;
  };
  return { changed, restore };
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values are the same JSON. Node's own comparison takes three times as long. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!(isObject(one) && isObject(other)) && !(Array.isArray(one) && Array.isArray(other))) {
    return false;
  }
  const [members, others] = [one as Members, other as Members];
  const names = Object.keys(members);
  return (
    names.length === Object.keys(others).length &&
    names.every((name) => Object.hasOwn(others, name) && isSame(members[name], others[name]))
  );
}

function differing(members: Members, known: Members): Members {
  const ids = Object.keys(members).filter(
    (id) => !(Object.hasOwn(known, id) && isSame(members[id], known[id])),
  );
  return Object.fromEntries(ids.map((id) => [id, members[id]]));
}

/** In the order of the file. A member that the check dropped stays out. */
function joined(members: Members, checked: Members, known: Members = {}): Members {
  const [ids, knownIds] = [Object.keys(members), Object.keys(known)];
  const isInPlace = ids.length === knownIds.length && ids.every((id, at) => id === knownIds[at]);
  if (isInPlace) return { ...known, ...checked }; // a sale: no member came or went
  return Object.fromEntries(
    ids.flatMap((id) => {
      const from = [checked, known].find((each) => Object.hasOwn(each, id));
      return from === undefined ? [] : [[id, from[id]]];
    }),
  );
}
