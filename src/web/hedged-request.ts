/** How long one attempt may be alone. A worker of this machine answers within milliseconds. */
const ALONE_MS = 600;

/** Attempts that may be under way at the same time. */
const ATTEMPTS_MAX = 4;

/**
 * Makes an attempt, and another one whenever no attempt has succeeded for a while; the first success
 * counts, and the others are aborted. The connection of a browser may lead to a stopped process, which
 * never answers; the next connection leads to another one.
 *
 * @param attempt must end when its signal is aborted
 * @throws what the last attempt throws, if all of them fail
 */
export async function hedge<Answer>(
  attempt: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const end = new AbortController();
  const attempts: Promise<Answer>[] = [];
  try {
    for (;;) {
      attempts.push(attempt(end.signal));
      const first = Promise.any(attempts).catch((error: AggregateError) => {
        throw error.errors.at(-1);
      });
      if (attempts.length === ATTEMPTS_MAX) return await first;
      const answer = await Promise.race([first.then((value) => ({ value })), alone()]);
      if (answer !== undefined) return answer.value;
    }
  } finally {
    end.abort();
  }
}

const alone = (): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ALONE_MS));
