import { type Admission, fetchJson, HttpError, post } from '../api.js';
import { formatClock } from '../format.js';

/** What a door is told of a ticket. */
export type Admitted =
  | { readonly kind: 'admitted'; readonly admission: Admission }
  /** It admits no person. */
  | { readonly kind: 'refused'; readonly title: string; readonly detail: string }
  /** Nothing is known: with the same key it can be asked again. */
  | { readonly kind: 'offline' }
  /** The token of the door is not valid any more. */
  | { readonly kind: 'unpaired' };

/** Asks the office to let the owner of a ticket in. Repeated with the same key, it lets one person in. */
export async function admit(code: string, token: string, key: string): Promise<Admitted> {
  try {
    const admission = await send(code, token, key);
    return { kind: 'admitted', admission };
  } catch (error) {
    return error instanceof HttpError ? refusalOf(error) : { kind: 'offline' };
  }
}

async function send(code: string, token: string, key: string): Promise<Admission> {
  try {
    return await fetchJson<Admission>('/admissions', post({ code }, { token, key }));
  } catch (error) {
    // A store without keys: an admission that is repeated says that somebody is in already.
    if (!(error instanceof HttpError && error.status === 501)) throw error;
    return fetchJson<Admission>('/admissions', post({ code }, { token }));
  }
}

function refusalOf({ status, problem, message }: HttpError): Admitted {
  const { kind, admittedAt, door } = problem;
  if (status === 401) return { kind: 'unpaired' };
  if (status >= 500) return { kind: 'offline' };
  switch (kind) {
    case 'already-admitted': {
      const since = admittedAt === undefined ? '' : `since ${formatClock(admittedAt)}`;
      return {
        kind: 'refused',
        title: 'Already in',
        detail: [since, door].filter((part) => part !== undefined && part !== '').join(', '),
      };
    }
    case 'ticket-cancelled':
      return { kind: 'refused', title: 'Cancelled', detail: 'This ticket was returned.' };
    case 'unknown-ticket':
      return { kind: 'refused', title: 'No such ticket', detail: 'Check the code.' };
    default:
      return { kind: 'refused', title: 'Not admitted', detail: `${message}.` };
  }
}
