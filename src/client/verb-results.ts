import type { Ruling } from '../verdict/judge.js';

/** Whether a race of a verb was correct, and why, in one line for people. */
export interface VerbRuling {
  readonly ruling: Ruling;
  readonly because: string;
}

const holds = (because: string): VerbRuling => ({ ruling: 'holds', because });
const broken = (because: string): VerbRuling => ({ ruling: 'broken', because });
const inconclusive = (because: string): VerbRuling => ({ ruling: 'inconclusive', because });

/** The answers that a crowd got, counted. */
export interface ClientCounts {
  readonly unknown: number;
}

const noAnswer = ({ unknown }: ClientCounts): VerbRuling | undefined =>
  unknown > 0 ? inconclusive(`${unknown} clients got no answer`) : undefined;

/** A crowd that holds one ticket each. Pure. */
export function judgeHolds(
  counts: ClientCounts & {
    readonly before: number;
    readonly held: number;
    readonly refused: number;
    readonly after: number;
  },
): VerbRuling {
  const { before, held, refused, after } = counts;
  if (held > before) {
    return broken(`${held} buyers were told "held", and there were ${before} tickets`);
  }
  if (before === 0) return inconclusive('there were no tickets left to race for');
  const missing = noAnswer(counts);
  if (missing !== undefined) return missing;
  if (held + after > before)
    return broken(`${held} of ${before} tickets are held, but ${after} are left`);
  if (held + after < before) return inconclusive('other clients took tickets during the race');
  if (refused === 0) return inconclusive('no buyer was refused: try more buyers');
  if (after > 0) return broken(`${refused} buyers were refused, but ${after} tickets are left`);
  return holds(`exactly ${held} tickets are held, each of them once`);
}

/** A crowd that confirms holds when their time is over, and one that buys. Pure. */
export function judgeConfirmations(
  counts: ClientCounts & {
    /** Tickets that were on sale before they were held. */
    readonly before: number;
    readonly confirmed: number;
    readonly late: number;
    readonly bought: number;
    /** Serials that more than one buyer got, and those of them that one of them had held. */
    readonly soldTwice: number;
    readonly soldAgain: number;
    readonly after: number;
  },
): VerbRuling {
  const { before, confirmed, late, bought, soldTwice, soldAgain, after } = counts;
  const sold = confirmed + bought;
  if (sold > before) return broken(`${sold} tickets were sold, and there were ${before}`);
  if (soldTwice > 0) {
    const again = soldAgain > 0 ? `, ${soldAgain} of them after a hold was paid` : '';
    return broken(`${soldTwice} tickets were sold more than once${again}`);
  }
  const missing = noAnswer(counts);
  if (missing !== undefined) return missing;
  if (sold + after > before) {
    return broken(
      `${sold} of ${before} tickets were sold, but ${after} are left: a paid one is on sale again`,
    );
  }
  if (sold + after < before)
    return inconclusive('other clients took tickets, or a hold has not ended');
  if (confirmed === 0 || late === 0) {
    return inconclusive(
      `every confirmation came ${late === 0 ? 'in time' : 'too late'}: race again`,
    );
  }
  return holds(
    `${confirmed} holds were paid in time and ${late} ended: every ticket was sold once or is left`,
  );
}

/** Crowds that cancel one order each. Pure. */
export function judgeCancellations(
  counts: ClientCounts & {
    /** Tickets on sale before the cancellations, and those of the orders. */
    readonly before: number;
    readonly quantity: number;
    readonly orders: number;
    readonly cancelled: number;
    readonly after: number;
  },
): VerbRuling {
  const { before, quantity, orders, cancelled, after } = counts;
  const returned = after - before;
  if (returned > quantity) {
    return broken(`${quantity} tickets were cancelled, and ${returned} were put back on sale`);
  }
  const missing = noAnswer(counts);
  if (missing !== undefined) return missing;
  if (cancelled < 2 * orders) {
    return inconclusive(`${cancelled} clients were told "cancelled": try more`);
  }
  if (returned < quantity)
    return broken(`${quantity} tickets were cancelled, and ${returned} came back on sale`);
  return holds(`the ${quantity} cancelled tickets were put back on sale once`);
}

/** Crowds of doors with one ticket each. Pure. */
export function judgeAdmissions(
  counts: ClientCounts & {
    readonly tickets: number;
    readonly admitted: number;
    readonly refused: number;
  },
): VerbRuling {
  const { tickets, admitted, refused } = counts;
  const some = tickets === 1 ? 'one ticket' : `${tickets} tickets`;
  if (admitted > tickets) return broken(`${admitted} doors let somebody in with ${some}`);
  const missing = noAnswer(counts);
  if (missing !== undefined) return missing;
  if (admitted < tickets) return broken(`only ${admitted} doors let somebody in with ${some}`);
  return refused < tickets
    ? inconclusive('only one door asked for a ticket: try more')
    : holds(`${some} let somebody in once, and every other door refused`);
}

/** Editors of one revision of an event, and a crowd that buys. Pure. */
export function judgeEdits(
  counts: ClientCounts & {
    /** Tickets sold or held before the race. */
    readonly taken: number;
    readonly sold: number;
    /** The capacities that editors were told are saved. */
    readonly saved: readonly number[];
    readonly refused: number;
    readonly revisions: number;
    readonly capacity: number;
    readonly remaining: number;
  },
): VerbRuling {
  const { taken, sold, saved, refused, revisions, capacity, remaining } = counts;
  if (saved.length > 1) return broken(`${saved.length} editors changed the same revision`);
  const missing = noAnswer(counts);
  if (missing !== undefined) return missing;
  const [wanted] = saved;
  if (wanted === undefined) return inconclusive('no editor was told "saved"');
  if (revisions > 1) return inconclusive('other clients edited the event during the race');
  if (capacity !== wanted) {
    return broken(
      `an editor was told ${wanted} tickets, and the event has ${capacity}: the edit is lost`,
    );
  }
  const actual = capacity - remaining;
  if (actual < taken + sold) {
    return broken(
      `${taken + sold} tickets are sold, and the event shows ${actual}: sales are lost`,
    );
  }
  if (actual > taken + sold) return inconclusive('other clients took tickets during the race');
  if (refused === 0 || sold === 0)
    return inconclusive('the two crowds did not collide: try more buyers');
  return holds('one edit was saved, every other one refused, and no sale is lost');
}

/**
 * What a race proves if updates were lost in it: two clients were told the same, and each of them wrote a
 * state of its own, even where both states are alike. Pure.
 */
export function withLostUpdates<Result extends VerbRuling>(result: Result, lost: number): Result {
  if (lost === 0 || result.ruling === 'broken') return result;
  const because = `${result.because}; but ${lost} of the changes were written over others`;
  return { ...result, ruling: 'broken', because };
}
