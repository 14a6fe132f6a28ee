import { expect } from 'vitest';
/** Expects an RFC 9457 problem of this status and type, and nothing that tells of the code behind it. */
export async function expectProblem(answer, status, type) {
    const text = await answer.text();
    expect({ status: answer.status, type: answer.headers.get('content-type'), text }).toMatchObject({
        status,
        type: 'application/problem+json; charset=utf-8',
    });
    const problem = JSON.parse(text);
    expect(problem).toMatchObject({ type: `urn:turnstile:${type}`, status });
    expect(problem.title).toMatch(/\w/);
    expect(text).not.toMatch(/\bat \S+ \(|node:|node_modules|\.[jt]s:\d|FST_/);
    // Who is told to come back later is told when.
    const retryAfter = answer.headers.get('retry-after');
    if (status === 503)
        expect(retryAfter).toMatch(/^[1-9]\d*$/);
    else
        expect(retryAfter).toBeNull();
    return problem;
}
//# sourceMappingURL=expect-problem.js.map