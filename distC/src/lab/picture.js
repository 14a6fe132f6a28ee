import { whole } from '../web/lab/axis.js';
import { draw } from '../web/lab/draw.js';
import { layOut } from '../web/lab/layout.js';
import { printMarkup } from '../web/lab/markup.js';
import { ms } from './words.js';
const WIDTH = 1080;
/**
 * Draws a run as the page does. There a step is pointed at; here it has a title.
 *
 * @param id unlike that of any other run of the same page
 */
export function picturesOf(run, id) {
    const turns = new Map(run.lanes.flatMap((lane) => lane.turns.map((turn) => [turn.id, turn])));
    const titleOf = ({ turnId, index }) => {
        const turn = turns.get(turnId);
        const span = turn?.spans[index];
        return turn && span && describeStep(turn, span);
    };
    const room = { width: WIDTH, direction: 'across', view: whole };
    const told = layOut(toldPart(run), { ...room, spacing: 'even', turns: 'pair' });
    const all = layOut(run, { ...room, spacing: 'true', turns: 'all' });
    return {
        told: printMarkup(draw(told, `${id}-told`, 'The turns of the story, step by step', titleOf)),
        all: printMarkup(draw(all, `${id}-all`, 'Every turn of every process', titleOf)),
    };
}
/**
 * The two turns of the lost update or, where there is none, those that the story tells of; and what
 * befell a process meanwhile. It is what somebody should look at first, and is not always the two
 * that the page finds by itself: one that was killed has handed nothing over.
 */
export function toldPart({ lanes, story, lostUpdate }) {
    const sides = lostUpdate === undefined ? story : [lostUpdate.erased, lostUpdate.erasing];
    const ids = new Set(sides.map(({ turnId }) => turnId));
    const isTold = ({ id }) => ids.has(id);
    const turns = lanes.flatMap((lane) => lane.turns.filter(isTold));
    const loss = lostUpdate === undefined ? {} : { lostUpdate };
    if (turns.length === 0)
        return { lanes, ...loss };
    const from = Math.min(...turns.map(({ start }) => start));
    const to = Math.max(...turns.map(({ end }) => end));
    const told = lanes.map((lane) => ({
        ...lane,
        turns: lane.turns.filter(isTold),
        marks: lane.marks.filter(({ at }) => at >= from && at <= to),
    }));
    return { lanes: told.filter((lane) => lane.turns.length + lane.marks.length > 0), ...loss };
}
function describeStep({ id, serials, refused }, span) {
    const { kind, start, end, version, left, overtaken } = span;
    return [
        `turn ${id}: ${kind}, ${ms(start)} to ${ms(end)}`,
        ...(version === undefined ? [] : [`version ${version}`]),
        ...(left === undefined ? [] : [`${left} left`]),
        ...(overtaken ? ['does not count'] : []),
        ...(serials.length === 0 ? [] : [`serials ${serials.slice(0, 10).join(', ')}`]),
        ...(refused === 0 ? [] : [`${refused} told "sold out"`]),
    ].join('; ');
}
//# sourceMappingURL=picture.js.map