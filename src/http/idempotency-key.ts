import { z } from 'zod';
import type { AppContext } from './app-context.js';
import { ProblemError } from './problems.js';

/** The header of routes that take an idempotency key. */
export const keyHeaders = z.looseObject({
  'idempotency-key': z.string().min(1).max(257).optional().meta({
    description:
      'A retry with the same key and body answers the first result again, if a lock keeps the workers apart',
  }),
});

export type KeyHeaders = z.infer<typeof keyHeaders>;

const KEY_LENGTH_MAX = 255;

/**
 * The idempotency key of a request as a member of its command, or nothing.
 *
 * @throws ProblemError `malformed`, or `not-supported` where two equal requests could both find no key
 */
export function keyOf(
  headers: KeyHeaders,
  { store, storeName, lockModeName }: AppContext,
): { readonly key?: string } {
  const key = parseKey(headers['idempotency-key']);
  if (key === undefined) return {};
  if (store.remembersKeys) return { key };
  const detail = `The ${storeName} store remembers no idempotency keys with the lock mode ${lockModeName}; nothing was done`;
  throw new ProblemError('not-supported', { detail });
}

/** The value of an `Idempotency-Key` header, which may be quoted. */
function parseKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (key.length > 0 && key.length <= KEY_LENGTH_MAX) return key;
  const detail = `Idempotency-Key must have 1 to ${KEY_LENGTH_MAX} characters`;
  throw new ProblemError('malformed', { detail });
}
