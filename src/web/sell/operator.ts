import { bearer, HttpError, request } from '../api.js';

/** For this tab only: it is gone when the tab is closed. */
const STORAGE_KEY = 'turnstile.operator';

let memory: string | undefined;

/** The token that the operator entered; `undefined` before, and on the server's own machine. */
export function operatorToken(): string | undefined {
  try {
    return sessionStorage.getItem(STORAGE_KEY) ?? memory;
  } catch {
    return memory; // the storage is blocked
  }
}

export function rememberToken(token: string | undefined): void {
  memory = token;
  try {
    if (token === undefined) sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, token);
  } catch {
    // It lasts as long as the page.
  }
}

/** Sends a request as an operator. Throws as `request` does. */
export const operatorRequest = (path: string, init: RequestInit = {}): Promise<Response> =>
  request(path, {
    ...init,
    headers: { ...(init.headers as Record<string, string>), ...bearer(operatorToken()) },
  });

/** The same, for JSON. */
export const operatorJson = async <Answer>(path: string, init?: RequestInit): Promise<Answer> =>
  (await operatorRequest(path, init)).json() as Promise<Answer>;

export type Access =
  | 'operator'
  /** A token is needed, or the one that was sent is wrong. */
  | 'signIn'
  /** This office has no token, and no client of another machine is an operator. */
  | 'noToken';

/**
 * Whether this client is an operator.
 *
 * @throws HttpError for another error, UnreachableError
 */
export async function checkAccess(): Promise<Access> {
  try {
    await operatorRequest('/orders?limit=1');
    return 'operator';
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.status === 401) return 'signIn';
    if (error.problem.kind === 'no-admin-token') return 'noToken';
    throw error;
  }
}
