import { describe } from './offences.js';
import { isSale, isUnknown } from './recorded.js';
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
export function claimSales(buys, timeline, offences, { base, whole }) {
    const claims = new Map();
    for (const request of buys) {
        if (!isSale(request))
            continue;
        const placed = soldAs(request, timeline, offences);
        if (placed === undefined)
            continue;
        const keyed = placed.op.key !== undefined;
        if (keyed && placed.place <= base)
            continue; // a replay of what was sold before the recording
        const { answeredAt } = request;
        const claim = claims.get(placed.place);
        if (claim === undefined) {
            // The first of its key may be one that was not recorded.
            const sentAt = keyed && !whole ? Number.NEGATIVE_INFINITY : request.sentAt;
            claims.set(placed.place, { placed, request, sentAt, answeredAt });
        }
        else if (keyed) {
            claim.sentAt = Math.min(claim.sentAt, request.sentAt);
            claim.answeredAt = Math.min(claim.answeredAt, answeredAt);
        }
        else {
            offences.note('soldTwice', request, `has the sale of ${describe(claim.request)}`);
        }
    }
    const unanswered = unknownByBody(buys);
    for (const placed of timeline.ops) {
        const waiting = waitingFor(placed.op, unanswered);
        const claim = claims.get(placed.place);
        if (claim !== undefined) {
            const first = placed.op.key === undefined ? undefined : waiting?.at(-1);
            if (first !== undefined)
                claim.sentAt = Math.min(claim.sentAt, first.sentAt);
        }
        else if (placed.place > base) {
            const request = waiting?.pop();
            if (request !== undefined) {
                const { sentAt } = request;
                claims.set(placed.place, { placed, request, sentAt, answeredAt: Number.POSITIVE_INFINITY });
            }
            else if (whole) {
                offences.noteLedger('unasked', `${name(placed)} was asked for by nobody`);
            }
        }
    }
    return [...claims.values()];
}
/** The sale that a 201 tells of, if it tells it as it is. */
function soldAs(request, timeline, offences) {
    const { question, answer } = request;
    const [first = 0] = answer.serials;
    const placed = timeline.saleOf(answer.eventId, first);
    if (placed === undefined) {
        const told = `ticket ${first} of ${answer.eventId}`;
        offences.note('lost', request, `was sold ${told}, and the ledger has no sale that begins there`);
        return undefined;
    }
    const { op, version } = placed;
    const wrong = differing('eventId', question.eventId, answer.eventId) ??
        differing('customer', question.customer, answer.customer) ??
        differing('quantity', question.quantity, answer.quantity) ??
        differing('customer', op.customer, answer.customer) ??
        differing('quantity', op.quantity, answer.quantity) ??
        differing('key', op.key, question.key) ??
        wrongSerials(op, answer.serials) ??
        differing('remaining', op.left, answer.remaining) ??
        differing('version', version, answer.version);
    if (wrong === undefined)
        return placed;
    offences.note('altered', request, `was told of ${name(placed)}, but ${wrong}`);
    return undefined;
}
function differing(member, expected, told) {
    if (expected === told)
        return undefined;
    return `${member} should be ${JSON.stringify(expected)} and is ${JSON.stringify(told)}`;
}
function wrongSerials({ first, quantity }, serials) {
    const right = serials.length === quantity && serials.every((serial, index) => serial === first + index);
    return right ? undefined : `serials should be ${quantity} from ${first} and are ${serials}`;
}
const name = ({ version, op }) => `the sale of ticket ${op.first} of ${op.event} in version ${version}`;
const bodyOf = ({ eventId, customer, quantity, key }) => JSON.stringify([eventId, customer, quantity, key]);
/** The buys without an answer that asked for what was sold. */
const waitingFor = ({ event, ...body }, unanswered) => unanswered.size === 0 ? undefined : unanswered.get(bodyOf({ ...body, eventId: event }));
/** The buys without an answer, by what they asked for; the one that was sent first is the last. */
function unknownByBody(buys) {
    const groups = new Map();
    for (const request of buys.filter(isUnknown).toSorted((a, b) => b.sentAt - a.sentAt)) {
        const body = bodyOf(request.question);
        const group = groups.get(body);
        if (group === undefined)
            groups.set(body, [request]);
        else
            group.push(request);
    }
    return groups;
}
//# sourceMappingURL=claims.js.map