import { ms } from '../lab/words.js';
import { count, paint, paintRuling } from './paint.js';
import { layOut } from './table.js';
/** Sentences that a terminal shows before the table. */
const SENTENCES_MAX = 12;
/** One run: its story, then its figures, then the verdict, then how to see it again. */
export function describeRun(run) {
    const rows = rowsOf(run).map(([name, value]) => `  ${name.padEnd(15)} ${asText(value)}`);
    return [
        paint('bold', run.title),
        settingOf(run),
        '',
        ...storyOf(run),
        '',
        ...rows,
        '',
        `${paintRuling(run.verdict.ruling)}: ${run.verdict.because}.`,
        '',
        `Again: ${run.command}`,
    ].join('\n');
}
/** Several runs, side by side; of each the story's end. */
export function describeRuns(runs) {
    return `${layOut(columns, runs)}\n`;
}
/** A run of several, before they stand side by side. */
export const describeShortly = (run) => [paint('bold', run.title), settingOf(run), '', ...storyOf(run)].join('\n');
/** What can be asked for by name. */
export function describeCatalogue({ rungs, scenarios }) {
    return [
        'Rungs (--rung N):',
        ...rungs.map(({ rung, title, shows, unavailable }) => `  ${rung}  ${title}: ${shows}${unavailable === undefined ? '' : ` (not here: ${unavailable})`}`),
        '',
        'Scenarios (--scenario NAME):',
        ...scenarios.flatMap(({ name, title, teaches }) => [`  ${name}`, `      ${title}. ${teaches}`]),
    ].join('\n');
}
export function settingOf({ setting, disturbance }) {
    const { store, lockMode, workers, buyers, capacity, quantity, windowMs, batchMax } = setting;
    const wants = quantity === 1 ? '' : ` who want ${quantity} each`;
    const facts = [
        `${store} store, lock mode ${lockMode}`,
        ...(lockMode === 'off' ? [] : [batchMax === 1 ? 'one buy a turn' : `batches of ${batchMax}`]),
        count(workers, 'worker'),
        `${count(buyers, 'buyer')}${wants} at ${count(capacity, 'ticket')}`,
        ...(windowMs === 0 ? [] : [`a window of ${windowMs} ms`]),
        ...(disturbance === undefined ? [] : [disturbances[disturbance]]),
    ];
    return facts.join(', ');
}
const disturbances = {
    kill: 'the first holder is killed',
    stop: 'the first holder is stopped for a while',
};
function storyOf({ story }) {
    const lines = story.slice(0, SENTENCES_MAX).map(({ text }) => `  ${text}`);
    const more = story.length - lines.length;
    return more > 0 ? [...lines, `  … and ${count(more, 'sentence')} more`] : lines;
}
/** The figures of a run, what is wrong in red. */
function rowsOf({ figures, setting }) {
    const { toldSold, toldSoldOut, unknown, capacity, left, lockWaitMs } = figures;
    const wrong = (number) => amount(number, number > 0);
    const rows = [
        ['told "sold"', amount(toldSold, toldSold > capacity)],
        ['told "sold out"', amount(toldSoldOut)],
        ...(unknown > 0 ? [['no answer', amount(unknown)]] : []),
        ['capacity', amount(capacity)],
        ['left, it says', amount(left, toldSold + left > capacity)],
        ['oversold', wrong(figures.oversold)],
        ['duplicates', wrong(figures.duplicates)],
        ['lost updates', wrong(figures.lostUpdates)],
        ...(figures.withdrawn > 0 ? [['withdrawn', amount(figures.withdrawn)]] : []),
        ...(setting.store === 'ledger' ? [['lines skipped', amount(figures.skipped)]] : []),
        ['buys/s', amount(figures.buysPerSecond)],
        ['lock turns', amount(figures.turns)],
    ];
    if (lockWaitMs === undefined)
        return rows;
    const { p50, p99 } = lockWaitMs;
    return [
        ...rows,
        ['lock wait', { text: `p50 ${ms(p50)}, p99 ${ms(p99)}` }],
        ['overtaken', amount(figures.overtakings)],
    ];
}
const amount = (number, wrong = false) => ({
    text: number.toLocaleString('en'),
    ...(wrong ? { style: 'red' } : {}),
});
const asText = ({ text, style }) => (style === undefined ? text : paint(style, text));
const figure = (head, of, isWrong = false) => ({
    head,
    align: 'right',
    cell: (run) => amount(of(run), isWrong && of(run) > 0),
});
const rulingStyles = { holds: 'green', broken: 'red', inconclusive: 'yellow' };
const columns = [
    { head: '', align: 'left', cell: ({ title }) => title },
    {
        head: 'told\n"sold"',
        align: 'right',
        cell: ({ figures }) => amount(figures.toldSold, figures.toldSold > figures.capacity),
    },
    figure('of', ({ figures }) => figures.capacity),
    figure('over-\nsold', ({ figures }) => figures.oversold, true),
    figure('dupli-\ncates', ({ figures }) => figures.duplicates, true),
    figure('lost\nupdates', ({ figures }) => figures.lostUpdates, true),
    figure('lock\nturns', ({ figures }) => figures.turns),
    figure('buys/s', ({ figures }) => figures.buysPerSecond),
    {
        head: 'lock wait, ms\np50 / p99',
        align: 'right',
        cell: ({ figures: { lockWaitMs } }) => lockWaitMs === undefined ? '–' : `${round(lockWaitMs.p50)} / ${round(lockWaitMs.p99)}`,
    },
    {
        head: 'verdict',
        align: 'left',
        cell: ({ verdict: { ruling } }) => ({ text: ruling, style: rulingStyles[ruling] }),
    },
];
const round = (value) => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
//# sourceMappingURL=lab-words.js.map