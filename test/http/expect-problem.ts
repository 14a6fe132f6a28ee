import { expect } from 'vitest';
import type { Problem } from '../../src/http/problems.js';

/** Expects an RFC 9457 problem of this status and type that reveals nothing of the code. */
export async function expectProblem(
  answer: Response,
  status: number,
  type: string,
): Promise<Problem> {
  const text = await answer.text();
  expect({ status: answer.status, type: answer.headers.get('content-type'), text }).toMatchObject({
    status,
    type: 'application/problem+json; charset=utf-8',
  });
  const problem = JSON.parse(text) as Problem;
  expect(problem).toMatchObject({ type: `/problems/${type}`, status });
  expect(problem.title).toMatch(/\w/);
  expect(text).not.toMatch(/\bat \S+ \(|node:|node_modules|\.[jt]s:\d|FST_/);
  // A 503 or a 429, and nothing else, says when to retry.
  const retryAfter = answer.headers.get('retry-after');
  if (status === 503 || status === 429) expect(retryAfter).toMatch(/^[1-9]\d*$/);
  else expect(retryAfter).toBeNull();
  expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401);
  return problem;
}
