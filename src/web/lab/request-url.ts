import type { LabCatalogue, Rung } from '../../timeline/lab-catalogue.js';
import type { LabRequest } from '../../timeline/lab-request.js';
import type { Setting } from '../../timeline/setting.js';

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

/** The request in an address; `undefined` if there is none. */
export function requestFromQuery(query: URLSearchParams): LabRequest | undefined {
  const request: Record<string, string | number> = {};
  for (const name of texts) {
    const value = query.get(name);
    if (value !== null) request[name] = value;
  }
  for (const name of numbers) {
    const value = query.get(name);
    // Anything else is passed on as it is: the lab rejects it with a reason.
    if (value !== null) request[name] = /^\d{1,9}$/.test(value) ? Number(value) : value;
  }
  return Object.keys(request).length === 0 ? undefined : (request as LabRequest);
}

/**
 * The address that starts a request and, beside it, the same buyers on another rung.
 *
 * @param ids of the experiments that it shows in a browser that keeps them
 */
export function addressFor(
  request: LabRequest,
  thenRung: number | undefined,
  ids: readonly string[] = [],
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request)) {
    if (value !== undefined) query.set(name, String(value));
  }
  if (thenRung !== undefined) query.set('then', String(thenRung));
  if (ids.length > 0) query.set('run', ids.join('.'));
  return `#lab?${query}`;
}

/** The ids of the experiments that an address shows. */
export const idsFromQuery = (query: URLSearchParams): string[] =>
  query.get('run')?.split('.').slice(0, IDS_MAX) ?? [];

/** An address shows one experiment, or two beside each other. */
const IDS_MAX = 2;

/** The same buyers and tickets on another rung. */
export function requestOnRung(rung: number, setting: Setting): LabRequest {
  const { buyers, quantity, capacity, workers, windowMs } = setting;
  return { rung, buyers, quantity, capacity, workers, windowMs };
}

/** The rung above that of a setting, if there is one. It may be unavailable. */
export function rungAbove({ rungs }: LabCatalogue, setting: Setting): Rung | undefined {
  const { store, lockMode, batchMax } = setting;
  const index = rungs.findIndex(
    ({ setting: other }) =>
      other.store === store &&
      other.lockMode === lockMode &&
      // Without a lock, batchMax has no effect.
      (other.batchMax === batchMax || lockMode === 'off'),
  );
  return index === -1 ? undefined : rungs[index + 1];
}
