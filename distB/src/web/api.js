/** An answer that is not what was asked for. */
export class RefusedError extends Error {
    status;
    constructor(status, title) {
        super(title);
        this.status = status;
    }
}
/** The office's own deadlines are shorter. */
const ANSWER_MS = 30_000;
/** @throws RefusedError for a problem, or another error where no answer came */
export async function get(path) {
    const answer = await fetch(path, { signal: AbortSignal.timeout(ANSWER_MS) });
    if (answer.ok)
        return (await answer.json());
    const { title, detail } = await problemOf(answer);
    throw new RefusedError(answer.status, detail ?? title);
}
/**
 * Buys. With a key the same buy can be asked for again, and is sold once.
 */
export async function buy(order, key) {
    let answer;
    try {
        answer = await fetch('/buy', {
            method: 'POST',
            headers: {
                'content-type': 'application/json',
                ...(key === undefined ? {} : { 'idempotency-key': key }),
            },
            body: JSON.stringify(order),
            signal: AbortSignal.timeout(ANSWER_MS),
        });
        if (answer.status === 201)
            return { kind: 'sold', sale: (await answer.json()) };
    }
    catch {
        return { kind: 'unknown' };
    }
    if (answer.status === 409) {
        const { remaining } = (await answer.json());
        return { kind: 'soldOut', remaining };
    }
    const { title } = await problemOf(answer);
    if (answer.status < 500 || answer.status === 501)
        return { kind: 'refused', title };
    // The office says so where it is sure; any other 5xx means: unknown.
    return title.endsWith('nothing was sold') ? { kind: 'busy', title } : { kind: 'unknown' };
}
async function problemOf(answer) {
    const problem = (await answer.json().catch(() => ({})));
    return { ...problem, title: problem.title ?? `${answer.status} ${answer.statusText}` };
}
