import { ProblemError } from './problems.js';

/**
 * The result of a promise, if it settles in time.
 *
 * @throws ProblemError `timeout` when it does not
 */
export async function withTimeLimit<T>(milliseconds: number, result: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ProblemError('timeout')), milliseconds);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
