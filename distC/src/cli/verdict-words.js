import { offenceKinds } from '../verdict/offences.js';
import { count, paintRuling } from './paint.js';
/** The verdict over what clients were told, in words. */
export function describeHistory(folder, verdict) {
    const { requests, sold, refused, searched, unknown, offences, because } = verdict;
    const told = `${sold} told "sold", ${refused} refused, ${searched} searched, ${unknown} unknown`;
    const lines = [folder, '', `  ${count(requests, 'request')}: ${told}`];
    for (const [kind, number] of Object.entries(offences)) {
        lines.push(`  ${String(number).padStart(6)}  ${offenceKinds[kind]}`);
    }
    return [...lines, '', `${paintRuling(verdict.verdict)}: ${because}.`].join('\n');
}
/** The verdict over a folder, in words. */
export function describe(folder, verdict, settled) {
    const lines = [folder, ''];
    for (const { id, capacity, sold, remaining, oversold, duplicates } of verdict.events) {
        if (sold === 0 && remaining === capacity)
            continue;
        const wrong = [
            ...(oversold > 0 ? [`${oversold} too many`] : []),
            ...(duplicates > 0 ? [`${count(duplicates, 'serial')} sold again`] : []),
        ];
        const facts = [`${sold} sold of ${capacity}, ${remaining} left`, ...wrong];
        lines.push(`  ${id.padEnd(20)} ${facts.join(', ')}`);
    }
    if (lines.length > 2)
        lines.push('');
    lines.push(`${paintRuling(verdict.verdict)}: ${because(verdict, settled)}.`);
    return lines.join('\n');
}
function because(verdict, settled) {
    const { lostUpdates, withdrawn, stillOnSale, skipped, events } = verdict;
    const total = (name) => events.reduce((sum, event) => sum + event[name], 0);
    const wrong = [
        some(lostUpdates, 'lost update'),
        some(total('duplicates'), 'serial', 'sold again'),
        some(total('oversold'), 'ticket', 'beyond the capacity'),
        some(stillOnSale, 'ticket', 'that somebody has still on sale'),
    ];
    const facts = {
        holds: [`${count(total('sold'), 'ticket')} sold, each of them once`],
        broken: wrong,
        inconclusive: [settled ? 'nothing was sold here' : 'the files would not stand still'],
    }[verdict.verdict];
    const beside = [
        some(withdrawn, 'ticket', 'off sale without a buyer'),
        some(skipped, 'line', 'skipped'),
    ];
    return [...facts, ...beside].filter((fact) => fact !== '').join(', ');
}
/** `2 lines skipped`, or nothing where there are none. */
const some = (number, noun, what = '') => number > 0 ? `${count(number, noun)} ${what}`.trimEnd() : '';
//# sourceMappingURL=verdict-words.js.map