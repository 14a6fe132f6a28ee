import type { Buy } from '../booking/commands.js';
import type { CommitLog, LoggedSale } from './commit-log.js';
import { isSale, isUnknown, type RecordedBuy, type RecordedSale } from './recorded-request.js';
import type { SoldOp } from './reference-log.js';
import { describe, type Violations } from './violations.js';

/** A sale of the ledger, matched to the requests that may have caused it. */
export interface MatchedSale {
  readonly logged: LoggedSale;
  /** The request that was answered with this sale, or that may have caused it. */
  readonly request: RecordedBuy;
  /** The sale took effect between these two: the first request and the first answer. */
  sentAt: number;
  answeredAt: number;
}

export interface MatchOptions {
  /** The state at which the recording began: earlier sales are older than it. */
  readonly start: number;
  /** Whether every request that could have caused a sale was recorded. */
  readonly complete: boolean;
}

/**
 * Matches every sale of the ledger to the request that caused it. Pure, and linear but for one sort
 * of the unanswered requests.
 *
 * A sale belongs to the 201 that names its tickets. A sale with a key may have several of them, the
 * first answer and its replays, which cannot be distinguished: it took effect after the first of these
 * requests was sent and before the first was answered. A request without an answer may have been the
 * first one too. A sale without a 201 belongs to an unanswered request with the same body. The earliest
 * such sale takes the earliest such request: if any assignment respects real time, this one does,
 * because a later sale never needs an earlier request.
 */
export function matchSales(
  buys: readonly RecordedBuy[],
  log: CommitLog,
  violations: Violations,
  { start, complete }: MatchOptions,
): MatchedSale[] {
  const matches = new Map<number, MatchedSale>();
  for (const request of buys) {
    if (!isSale(request)) continue;
    const logged = findSale(request, log, violations);
    if (logged === undefined) continue;
    const keyed = logged.sale.key !== undefined;
    if (keyed && logged.position <= start) continue; // a replay of a sale before the recording
    const { answeredAt } = request;
    const match = matches.get(logged.position);
    if (match === undefined) {
      // The first request with this key may not have been recorded.
      const sentAt = keyed && !complete ? Number.NEGATIVE_INFINITY : request.sentAt;
      matches.set(logged.position, { logged, request, sentAt, answeredAt });
    } else if (keyed) {
      match.sentAt = Math.min(match.sentAt, request.sentAt);
      match.answeredAt = Math.min(match.answeredAt, answeredAt);
    } else {
      violations.add('soldTwice', request, `got the same sale as ${describe(match.request)}`);
    }
  }

  const unanswered = unansweredByBody(buys);
  for (const logged of log.sales) {
    const candidates = unanswered.size === 0 ? undefined : unanswered.get(bodyOfSale(logged.sale));
    const match = matches.get(logged.position);
    if (match !== undefined) {
      const first = logged.sale.key === undefined ? undefined : candidates?.at(-1);
      if (first !== undefined) match.sentAt = Math.min(match.sentAt, first.sentAt);
    } else if (logged.position > start) {
      const request = candidates?.pop();
      if (request !== undefined) {
        const { sentAt } = request;
        const answeredAt = Number.POSITIVE_INFINITY;
        matches.set(logged.position, { logged, request, sentAt, answeredAt });
      } else if (complete) {
        violations.addOfLedger('unasked', `no client requested ${describeSale(logged)}`);
      }
    }
  }
  return [...matches.values()];
}

/** The sale of the ledger that a 201 reports; `undefined`, and a violation, if they differ. */
function findSale(
  request: RecordedSale,
  log: CommitLog,
  violations: Violations,
): LoggedSale | undefined {
  const { question, answer } = request;
  const [first = 0] = answer.serials;
  const logged = log.saleStartingAt(answer.eventId, first);
  if (logged === undefined) {
    const what = `was sold ticket ${first} of ${answer.eventId}, but no sale in the ledger starts with it`;
    violations.add('lost', request, what);
    return undefined;
  }
  const { sale, version } = logged;
  const difference =
    compare('eventId', question.eventId, answer.eventId) ??
    compare('customer', question.customer, answer.customer) ??
    compare('quantity', question.quantity, answer.quantity) ??
    compare('customer', sale.customer, answer.customer) ??
    compare('quantity', sale.quantity, answer.quantity) ??
    compare('key', sale.key, question.key) ??
    compareSerials(sale, answer.serials) ??
    compare('remaining', sale.left, answer.remaining) ??
    compare('version', version, answer.version);
  if (difference === undefined) return logged;
  violations.add('altered', request, `got ${describeSale(logged)}, but ${difference}`);
  return undefined;
}

function compare(
  member: string,
  expected: string | number | undefined,
  actual: string | number | undefined,
): string | undefined {
  if (expected === actual) return undefined;
  return `${member} should be ${JSON.stringify(expected)} and is ${JSON.stringify(actual)}`;
}

function compareSerials(
  { first, quantity }: SoldOp,
  serials: readonly number[],
): string | undefined {
  const equal =
    serials.length === quantity && serials.every((serial, index) => serial === first + index);
  return equal ? undefined : `serials should be ${quantity} from ${first} and are ${serials}`;
}

const describeSale = ({ version, sale }: LoggedSale): string =>
  `the sale of ticket ${sale.first} of ${sale.event} in version ${version}`;

const bodyOf = ({ eventId, customer, quantity, key }: Omit<Buy, 'kind'>): string =>
  JSON.stringify([eventId, customer, quantity, key]);

const bodyOfSale = ({ event, ...body }: SoldOp): string => bodyOf({ ...body, eventId: event });

/** The unanswered buys, grouped by what they asked for; the one sent first is last in its group. */
function unansweredByBody(buys: readonly RecordedBuy[]): Map<string, RecordedBuy[]> {
  const groups = new Map<string, RecordedBuy[]>();
  for (const request of buys.filter(isUnknown).toSorted((a, b) => b.sentAt - a.sentAt)) {
    const body = bodyOf(request.question);
    const group = groups.get(body);
    if (group === undefined) groups.set(body, [request]);
    else group.push(request);
  }
  return groups;
}
