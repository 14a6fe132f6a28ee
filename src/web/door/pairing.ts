import { type DoorAnswer, fetchJson, HttpError, post } from '../api.js';
import { serverNow } from '../server-clock.js';

/** A phone at a door, and the token that lets it admit. */
export type Pairing = DoorAnswer;

/** Kept although the browser drops the page: phones do so in a pocket. The token ends after a day. */
const STORAGE_KEY = 'turnstile.door';

/** The pairing of this browser, unless its time is over. */
export function loadPairing(): Pairing | undefined {
  try {
    const { name, token, expiresAt } = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    const isValid =
      [name, token, expiresAt].every((member) => typeof member === 'string') &&
      Date.parse(expiresAt) > serverNow();
    return isValid ? { name, token, expiresAt } : undefined;
  } catch {
    return undefined; // the storage is blocked or unreadable
  }
}

export function forgetPairing(): void {
  try {
    localStorage.removeItem(STORAGE_KEY);
  } catch {
    // There is none.
  }
}

/**
 * Pairs this browser, with the code that an operator sees now.
 *
 * @throws HttpError, UnreachableError
 */
export async function pair(name: string, code: string): Promise<Pairing> {
  const pairing = await fetchJson<Pairing>('/doors', post({ name, code }));
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(pairing));
  } catch {
    // Without storage it lasts as long as the page.
  }
  return pairing;
}

/** Why pairing failed, in a sentence. */
export function describePairingError(error: unknown): string {
  if (!(error instanceof HttpError)) return 'No connection to the office. Try again.';
  switch (error.problem.kind) {
    case 'wrong-door-code':
      return 'This is not the code of now. It changes every 20 seconds: read it again.';
    case 'too-many-attempts':
      return 'Too many wrong codes. Wait a minute, then read the code again.';
    default:
      return `${error.message}.`;
  }
}
