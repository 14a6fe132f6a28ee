import { grow, h } from '../dom.js';
import { words } from '../words.js';
import { whole } from './axis.js';
import { draw } from './draw.js';
import { layOut } from './layout.js';
const text = words.lab;
const WIDTH = 470;
/** The race as one would draw it on paper: no run, but drawn like one. */
export function idea() {
    const layout = layOut(drawnUp(), {
        width: WIDTH,
        direction: 'across',
        spacing: 'true',
        turns: 'pair',
        view: whole,
    });
    const picture = grow(draw({ ...layout, ticks: [] }, 'idea', text.ideaAbout));
    return h('figure', { class: 'idea' }, h('div', { class: 'picture' }, picture), h('figcaption', {}, text.idea));
}
/** Two turns, the second half a step behind the first. */
function drawnUp() {
    const lanes = text.ideaNames.map((name, pid) => laneFrom(name, pid, 0.75 * pid));
    const [erased, erasing] = lanes.map(sideOf);
    if (erased === undefined || erasing === undefined)
        return { lanes };
    return { lanes, lostUpdate: { erased, erasing, serials: [1] } };
}
function laneFrom(name, pid, start) {
    const read = { at: start + 1, version: 0, left: 1 };
    const wrote = { at: start + 3, version: 1, left: 0 };
    const spans = [
        { kind: 'reading', start, end: read.at },
        { kind: 'deciding', start: read.at, end: start + 2 },
        { kind: 'writing', start: start + 2, end: wrote.at },
    ];
    const turn = { id: name, turn: 1, start, end: wrote.at, spans, read, wrote };
    return { pid, name, marks: [], turns: [{ ...turn, buys: 1, serials: [1], refused: 0 }] };
}
function sideOf({ pid, turns: [turn] }) {
    if (turn?.read === undefined || turn.wrote === undefined)
        return undefined;
    const { id: turnId, start: readFrom, read, wrote, serials } = turn;
    return { pid, turnId, readFrom, read, wrote, serials };
}
