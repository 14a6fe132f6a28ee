import { ProblemError } from './problems.js';

/**
 * What is computed from the secret of this office.
 *
 * @throws ProblemError `no-ticket-key` where there is none
 */
export function requireKey<Each>(computed: Each | undefined): Each {
  if (computed !== undefined) return computed;
  const detail = 'With a database, start every server with the same ORDER_SECRET';
  throw new ProblemError('no-ticket-key', { detail });
}
