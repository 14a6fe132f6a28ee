/** The buyers who are named in bytes of ours, as JSON or as a tracer quotes it. */
export const customersIn = (text) => [...text.matchAll(/\\?"customer\\?":\\?"([^"\\]+)/g)].map(([, customer]) => customer ?? '');
const isLedger = ({ path }) => path.endsWith('/ledger.jsonl');
/**
 * Judges the order of a ledger's calls. Pure.
 *
 * - A sale: its line is appended, then that file is synced, then its buyer is answered.
 * - A checkpoint: the ledger is synced, then the new file, then it is renamed, then the folder is synced.
 *
 * One call comes before another if it has ended when the other begins.
 */
export function judgeOrder(calls) {
    let commits = 0;
    let checkpoints = 0;
    let broken;
    for (const call of calls) {
        if (call.call === 'answer') {
            const [customer = ''] = call.customers;
            if (isSynced(calls, call, customer))
                commits++;
            else
                broken ??= `${customer} was answered before the line was synced`;
        }
        if (call.call === 'rename' && call.target?.endsWith('/tickets.json')) {
            const wrong = wrongWithCheckpoint(calls, call);
            if (wrong === undefined)
                checkpoints++;
            else
                broken ??= `a checkpoint was renamed ${wrong}`;
        }
    }
    return { commits, checkpoints, ...(broken === undefined ? {} : { broken }) };
}
/** Whether a line with this buyer was appended, and its file synced after that, before the answer. */
function isSynced(calls, answer, customer) {
    const line = calls.findLast((each) => each.call === 'write' &&
        isLedger(each) &&
        each.customers.includes(customer) &&
        each.ended < answer.began);
    return (line !== undefined &&
        calls.some((each) => each.call === 'datasync' && each.file === line.file && isBetween(each, line, answer)));
}
function wrongWithCheckpoint(calls, rename) {
    const isRename = ({ call, target }) => call === 'rename' && target === rename.target;
    const earlier = calls.findLast((each) => isRename(each) && each.ended < rename.began);
    const later = calls.find((each) => isRename(each) && each.began > rename.ended);
    const itself = calls.find((each) => each.call === 'sync' && each.path === rename.path && each.ended < rename.began);
    if (itself === undefined)
        return 'before it was synced';
    const ledger = calls.some((each) => (each.call === 'datasync' || each.call === 'sync') &&
        isLedger(each) &&
        isBetween(each, earlier, itself));
    if (!ledger)
        return 'that names what of the ledger was not synced';
    const folder = rename.target?.slice(0, rename.target.lastIndexOf('/'));
    const named = calls.some((each) => each.call === 'sync' && each.path === folder && isBetween(each, rename, later));
    return named ? undefined : 'and its folder was not synced';
}
const isBetween = (each, after, before) => each.began > (after?.ended ?? Number.NEGATIVE_INFINITY) &&
    each.ended < (before?.began ?? Number.POSITIVE_INFINITY);
//# sourceMappingURL=call-order.js.map