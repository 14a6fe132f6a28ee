import { claimSales } from './claims.js';
import { Offences } from './offences.js';
import { placeReads } from './reads.js';
import { checkRealTime } from './real-time.js';
import { isBuy, isRefusal, isSale, isSearch, isUnknown } from './recorded.js';
import { Timeline } from './timeline.js';
/**
 * Judges what clients saw, with the ledger as witness. Pure; time in the order of sorting.
 *
 * The ledger names the order in which everything happened, so nothing is searched for. It is left to
 * check that the order explains every answer and agrees with real time, which is what linearizable
 * means (Herlihy and Wing, Linearizability, 1990): where each answer stands in the order, and whether
 * whatever was answered before another was sent stands before it.
 *
 * It asks for more than linearizability in this: a sale belongs to its buyer, a commit happens as a
 * whole, and events share one order, the ledger's.
 */
export function judgeHistory(history, witness, { since = 0, others = false } = {}) {
    const { requests, dropped } = history;
    const offences = new Offences();
    const timeline = new Timeline(witness);
    const base = timeline.endOf(since);
    if (timeline.fault !== undefined)
        offences.noteLedger('wrongLedger', timeline.fault);
    else if (base === undefined) {
        offences.noteLedger('wrongLedger', `the ledger ends before version ${since}`);
    }
    else {
        const whole = dropped === 0 && !others;
        const claims = claimSales(requests.filter(isBuy), timeline, offences, { base, whole });
        const { keysRemembered } = witness;
        const reads = placeReads(requests, timeline, offences, keysRemembered);
        checkRealTime(claims, reads, timeline, offences, base);
        checkKeys(timeline, keysRemembered, offences);
    }
    const counts = {
        requests: requests.length,
        sold: requests.filter(isSale).length,
        refused: requests.filter(isRefusal).length,
        searched: requests.filter(isSearch).length,
        unknown: requests.filter(isUnknown).length,
    };
    const { first } = offences;
    const missing = whatIsMissing(counts, dropped);
    const because = first?.words ?? missing ?? `${counts.requests} answers, and the ledger explains each of them`;
    const verdict = first ? 'broken' : missing ? 'inconclusive' : 'holds';
    return { verdict, because, ...counts, offences: offences.counts, ...(first && { first }) };
}
/** A key that is remembered sells once. */
function checkKeys(timeline, keysRemembered, offences) {
    const lastWith = new Map();
    for (const { op, place, version } of timeline.ops) {
        if (op.key === undefined)
            continue;
        const last = lastWith.get(op.key);
        lastWith.set(op.key, place);
        if (last === undefined || place - last > keysRemembered)
            continue;
        const words = `key ${JSON.stringify(op.key)} sold again in version ${version}`;
        offences.noteLedger('keySoldTwice', words);
    }
}
/** Why a history without an offence is still no proof. */
function whatIsMissing({ sold, refused }, dropped) {
    if (dropped > 0)
        return `${dropped} requests were not recorded`;
    if (sold === 0)
        return 'nothing was sold';
    return refused === 0 ? 'nobody was refused' : undefined;
}
//# sourceMappingURL=judge-history.js.map