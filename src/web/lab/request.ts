import type { LabCatalogue, LabRequest, Rung, Setting } from '../../timeline/report.js';

const texts = ['scenario', 'store', 'lockMode'] as const;
const numbers = [
  'rung',
  'batchMax',
  'buyers',
  'quantity',
  'capacity',
  'workers',
  'windowMs',
] as const;

/** What the address asks for; `undefined` when it asks for nothing. */
export function requestOf(query: URLSearchParams): LabRequest | undefined {
  const request: Record<string, string | number> = {};
  for (const name of texts) {
    const value = query.get(name);
    if (value !== null) request[name] = value;
  }
  for (const name of numbers) {
    const value = query.get(name);
    // Nonsense goes to the lab as it is, which says what it takes.
    if (value !== null) request[name] = /^\d{1,9}$/.test(value) ? Number(value) : value;
  }
  return Object.keys(request).length === 0 ? undefined : (request as LabRequest);
}

/** The address of a view that makes these runs, one beside the other. */
export function addressOf(request: LabRequest, thenRung: number | undefined): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request)) {
    if (value !== undefined) query.set(name, String(value));
  }
  if (thenRung !== undefined) query.set('then', String(thenRung));
  return `#lab?${query}`;
}

/** The same crowd on another rung. */
export function onRung(rung: number, setting: Setting): LabRequest {
  const { buyers, quantity, capacity, workers, windowMs } = setting;
  return { rung, buyers, quantity, capacity, workers, windowMs };
}

/** The rung above the one that a setting is on, if it is on one and not on the highest. It may be unavailable. */
export function rungAbove({ rungs }: LabCatalogue, setting: Setting): Rung | undefined {
  const { store, lockMode, batchMax } = setting;
  const at = rungs.findIndex(
    ({ setting: its }) =>
      its.store === store &&
      its.lockMode === lockMode &&
      // It says nothing where a crowd is not gathered anyway.
      (its.batchMax === batchMax || lockMode === 'off'),
  );
  return at === -1 ? undefined : rungs[at + 1];
}
