/** An event as `/search` answers it. */
export interface TicketEvent {
  readonly id: string;
  readonly name: string;
  readonly venue: string;
  readonly startsAt: string;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly capacity: number;
  readonly remaining: number;
}

export interface SearchAnswer {
  readonly version: number;
  readonly store: string;
  readonly lockMode: string;
  readonly events: readonly TicketEvent[];
  readonly next: string | null;
}

export interface Sale {
  readonly orderId: string;
  readonly eventId: string;
  readonly customer: string;
  readonly serials: readonly number[];
  readonly remaining: number;
  readonly worker: number;
}

export interface WorkerStatus {
  readonly pid: number;
  readonly ppid: number;
  readonly name: string;
  readonly alive: boolean;
  readonly uptime: number;
  readonly restarts: number;
  readonly lastExit: { readonly code: number | null; readonly signal: string | null } | null;
  readonly sales: number;
  readonly lockWaits: number;
}

export interface Verdict {
  readonly verdict: 'holds' | 'broken' | 'inconclusive';
  readonly events: readonly {
    readonly sold: number;
    readonly oversold: number;
    readonly duplicates: number;
  }[];
  readonly lostUpdates: number;
  readonly skipped: number;
}

export interface ChainLine {
  readonly counts: boolean;
  readonly hash: string;
  readonly commit?: {
    readonly seq: number;
    readonly prev: string;
    readonly pid?: number;
    readonly at: string;
    readonly sold: readonly {
      readonly eventId: string;
      readonly first: number;
      readonly last: number;
    }[];
  };
}

/** What became of a buy. */
export type Bought =
  | { readonly kind: 'sold'; readonly sale: Sale }
  | { readonly kind: 'soldOut'; readonly remaining: number }
  /** Nothing was sold, and it may be tried again. */
  | { readonly kind: 'busy'; readonly title: string }
  /** Nothing was sold, and trying again will not help. */
  | { readonly kind: 'refused'; readonly title: string }
  | { readonly kind: 'unknown' };

export interface BuyOrder {
  readonly eventId: string;
  readonly customer: string;
  readonly quantity: number;
}

/** An answer that is not what was asked for. */
export class RefusedError extends Error {
  readonly status: number;

  constructor(status: number, title: string) {
    super(title);
    this.status = status;
  }
}

/** The office's own deadlines are shorter. */
const ANSWER_MS = 30_000;

/** @throws RefusedError for a problem, or another error where no answer came */
export async function get<Answer>(path: string): Promise<Answer> {
  const answer = await fetch(path, { signal: AbortSignal.timeout(ANSWER_MS) });
  if (answer.ok) return (await answer.json()) as Answer;
  const { title, detail } = await problemOf(answer);
  throw new RefusedError(answer.status, detail ?? title);
}

/**
 * Buys. With a key the same buy can be asked for again, and is sold once.
 */
export async function buy(order: BuyOrder, key: string | undefined): Promise<Bought> {
  let answer: Response;
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
    if (answer.status === 201) return { kind: 'sold', sale: (await answer.json()) as Sale };
  } catch {
    return { kind: 'unknown' };
  }
  if (answer.status === 409) {
    const { remaining } = (await answer.json()) as { remaining: number };
    return { kind: 'soldOut', remaining };
  }
  const { title } = await problemOf(answer);
  if (answer.status < 500 || answer.status === 501) return { kind: 'refused', title };
  // The office says so where it is sure; any other 5xx means: unknown.
  return title.endsWith('nothing was sold') ? { kind: 'busy', title } : { kind: 'unknown' };
}

async function problemOf(answer: Response): Promise<{ title: string; detail?: string }> {
  const problem = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string };
  return { ...problem, title: problem.title ?? `${answer.status} ${answer.statusText}` };
}
