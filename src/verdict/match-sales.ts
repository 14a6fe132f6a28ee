import type { Buy } from '../booking/outcomes.js';
import { isSale, isUnknown, type RecordedBuy, type RecordedSale } from './recorded-request.js';
import type { SoldOp } from './reference-log.js';
import type { PlacedOp, Timeline } from './timeline.js';
import { describe, type Violations } from './violations.js';

/** A sale of the ledger, and the requests that asked for it. */
export interface Claim {
  readonly placed: PlacedOp;
  /** The one that was told of it, or that may have caused it. */
  readonly request: RecordedBuy;
  /** It took effect between these two: the first question and the first answer. */
  sentAt: number;
  answeredAt: number;
}

export interface ClaimOptions {
  /** Sales up to this point are older than the recording. */
  readonly base: number;
  /** Whether every request that could have caused a sale was recorded. */
  readonly whole: boolean;
}

/**
 * Gives every sale of the ledger to who asked for it. Pure, linear but for one sort of the unknown.
 *
 * A sale belongs to the 201 that names its ticket. One with a key may have several: the first sale
 * and its replays, and since nobody can tell which was which, it took effect after the first of
 * them was sent and before the first was answered; one without an answer may have been the first
 * too. A sale that nobody was told of belongs to a request of the same body without an answer. The
 * earliest such sale takes the earliest such request: if any way to share them out obeys real time,
 * this one does, because a later sale never has to be asked for earlier.
 */
export function matchSales(
  buys: readonly RecordedBuy[],
  timeline: Timeline,
  violations: Violations,
  { base, whole }: ClaimOptions,
): Claim[] {
  const claims = new Map<number, Claim>();
  for (const request of buys) {
    if (!isSale(request)) continue;
    const placed = soldAs(request, timeline, violations);
    if (placed === undefined) continue;
    const keyed = placed.op.key !== undefined;
    if (keyed && placed.place <= base) continue; // a replay of what was sold before the recording
    const { answeredAt } = request;
    const claim = claims.get(placed.place);
    if (claim === undefined) {
      // The first of its key may be one that was not recorded.
      const sentAt = keyed && !whole ? Number.NEGATIVE_INFINITY : request.sentAt;
      claims.set(placed.place, { placed, request, sentAt, answeredAt });
    } else if (keyed) {
      claim.sentAt = Math.min(claim.sentAt, request.sentAt);
      claim.answeredAt = Math.min(claim.answeredAt, answeredAt);
    } else {
      violations.note('soldTwice', request, `has the sale of ${describe(claim.request)}`);
    }
  }

  const unanswered = unknownByBody(buys);
  for (const placed of timeline.ops) {
    const waiting = waitingFor(placed.op, unanswered);
    const claim = claims.get(placed.place);
    if (claim !== undefined) {
      const first = placed.op.key === undefined ? undefined : waiting?.at(-1);
      if (first !== undefined) claim.sentAt = Math.min(claim.sentAt, first.sentAt);
    } else if (placed.place > base) {
      const request = waiting?.pop();
      if (request !== undefined) {
        const { sentAt } = request;
        claims.set(placed.place, { placed, request, sentAt, answeredAt: Number.POSITIVE_INFINITY });
      } else if (whole) {
        violations.noteLedger('unasked', `${name(placed)} was asked for by nobody`);
      }
    }
  }
  return [...claims.values()];
}

/** The sale that a 201 tells of, if it tells it as it is. */
function soldAs(
  request: RecordedSale,
  timeline: Timeline,
  violations: Violations,
): PlacedOp | undefined {
  const { question, answer } = request;
  const [first = 0] = answer.serials;
  const placed = timeline.saleOf(answer.eventId, first);
  if (placed === undefined) {
    const results = `ticket ${first} of ${answer.eventId}`;
    violations.note(
      'lost',
      request,
      `was sold ${results}, and the ledger has no sale that begins there`,
    );
    return undefined;
  }
  const { op, version } = placed;
  const wrong =
    differing('eventId', question.eventId, answer.eventId) ??
    differing('customer', question.customer, answer.customer) ??
    differing('quantity', question.quantity, answer.quantity) ??
    differing('customer', op.customer, answer.customer) ??
    differing('quantity', op.quantity, answer.quantity) ??
    differing('key', op.key, question.key) ??
    wrongSerials(op, answer.serials) ??
    differing('remaining', op.left, answer.remaining) ??
    differing('version', version, answer.version);
  if (wrong === undefined) return placed;
  violations.note('altered', request, `was told of ${name(placed)}, but ${wrong}`);
  return undefined;
}

function differing(
  member: string,
  expected: string | number | undefined,
  results: string | number | undefined,
): string | undefined {
  if (expected === results) return undefined;
  return `${member} should be ${JSON.stringify(expected)} and is ${JSON.stringify(results)}`;
}

function wrongSerials({ first, quantity }: SoldOp, serials: readonly number[]): string | undefined {
  const right =
    serials.length === quantity && serials.every((serial, index) => serial === first + index);
  return right ? undefined : `serials should be ${quantity} from ${first} and are ${serials}`;
}

const name = ({ version, op }: PlacedOp): string =>
  `the sale of ticket ${op.first} of ${op.event} in version ${version}`;

const bodyOf = ({ eventId, customer, quantity, key }: Buy): string =>
  JSON.stringify([eventId, customer, quantity, key]);

/** The buys without an answer that asked for what was sold. */
const waitingFor = (
  { event, ...body }: SoldOp,
  unanswered: ReadonlyMap<string, RecordedBuy[]>,
): RecordedBuy[] | undefined =>
  unanswered.size === 0 ? undefined : unanswered.get(bodyOf({ ...body, eventId: event }));

/** The buys without an answer, by what they asked for; the one that was sent first is the last. */
function unknownByBody(buys: readonly RecordedBuy[]): Map<string, RecordedBuy[]> {
  const groups = new Map<string, RecordedBuy[]>();
  for (const request of buys.filter(isUnknown).toSorted((a, b) => b.sentAt - a.sentAt)) {
    const body = bodyOf(request.question);
    const group = groups.get(body);
    if (group === undefined) groups.set(body, [request]);
    else group.push(request);
  }
  return groups;
}
