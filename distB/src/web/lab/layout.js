import { Axis } from './axis.js';
import { pairOf } from './pair.js';
/** In pixels. */
const size = {
    /** Beside the lanes, so that what begins or ends there can be told. */
    margin: 10,
    /** Room for times: above when time goes across, to the left when it goes down. */
    times: { across: 26, down: 62 },
    laneTitle: 26,
    /** Between lanes; between the two of a pair there is room for arrows. */
    laneGap: { across: 12, down: 12 },
    pairGap: 52,
    pairRow: { across: 42, down: 150 },
    /** Room beside a row for what was read and written. */
    states: { across: 40, down: 88, narrow: 50 },
    /** A picture narrower than this, with time going down, has room for short words only. */
    narrow: 400,
    step: 40,
    allRow: { least: 3, most: 22, lane: 190 },
    blockMin: 1.2,
};
/** Puts a run into a picture: geometry only, so that a page and a file can draw the same. */
export function layOut(run, options) {
    const pair = pairOf(run);
    const turns = pair === undefined ? 'all' : options.turns;
    const lanes = turns === 'pair' && pair !== undefined ? lanesOfPair(pair) : lanesOf(run);
    const axis = axisOf(lanes, options.spacing);
    return new Plan(lanes, axis, pair, { ...options, turns }).layout();
}
/** The axis that a run is laid out on; what asks for a place in a view needs it too. */
export function axisOfRun(run, turns, spacing) {
    const pair = pairOf(run);
    return axisOf(turns === 'pair' && pair !== undefined ? lanesOfPair(pair) : lanesOf(run), spacing);
}
function lanesOfPair({ first, second }) {
    if (first.lane === second.lane) {
        const turns = [first, second].map(({ turn }, row) => ({ turn, row }));
        return [{ lane: first.lane, turns, rows: 2 }];
    }
    return [first, second].map(({ lane, turn }) => ({ lane, turns: [{ turn, row: 0 }], rows: 1 }));
}
/** Turns that overlap lie in rows of their own, each in the first row that is free. */
function lanesOf({ lanes }) {
    return lanes.map((lane) => {
        const freeFrom = [];
        const turns = lane.turns.map((turn) => {
            const free = freeFrom.findIndex((at) => at <= turn.start);
            const row = free === -1 ? freeFrom.length : free;
            freeFrom[row] = turn.end;
            return { turn, row };
        });
        return { lane, turns, rows: Math.max(1, freeFrom.length) };
    });
}
function axisOf(lanes, spacing) {
    const turns = lanes.flatMap((lane) => lane.turns.map(({ turn }) => turn));
    const ofSpans = turns.flatMap(({ spans }) => spans.flatMap(({ start, end }) => [start, end]));
    return new Axis(ofSpans.length > 0 ? ofSpans : [0, 1], spacing);
}
/** Everything is placed along time and across the lanes first, and turned at the end. */
class Plan {
    #lanes;
    #axis;
    #pair;
    #options;
    #begin;
    #length;
    /** Where each lane begins, across, and its first row, and how thick a row and the lane are. */
    #starts = [];
    #offsets = [];
    #rows = [];
    #thickness = [];
    #across;
    constructor(lanes, axis, pair, options) {
        this.#lanes = lanes;
        this.#axis = axis;
        this.#pair = pair;
        this.#options = options;
        const { direction, width, turns } = options;
        const isDown = direction === 'down';
        this.#begin = isDown ? size.laneTitle + size.margin : size.margin;
        this.#length = isDown
            ? Math.max(300, Math.min(axis.steps, 18) * size.step)
            : width - 2 * size.margin;
        const isNarrow = isDown && width < size.narrow;
        const gap = turns === 'all' ? size.laneGap[direction] : isDown ? width / 6 : size.pairGap;
        const laneWidth = (width - size.times.down - gap * (lanes.length - 1)) / lanes.length;
        let offset = isDown ? size.times.down : size.times.across;
        for (const [index, { rows }] of lanes.entries()) {
            const states = turns === 'all' ? 0 : size.states[isNarrow ? 'narrow' : direction];
            // What two lanes read and wrote stands on their far sides: between them are the arrows.
            const statesBefore = lanes.length === 2 && index === 0 ? states : 0;
            const row = this.#rowOf(rows, isDown ? laneWidth - states : undefined);
            const titled = isDown ? 0 : size.laneTitle;
            const spare = isDown ? laneWidth - states - rows * row : 0;
            this.#starts.push(offset);
            this.#offsets.push(offset + titled + statesBefore + (index === 0 ? spare : 0));
            this.#rows.push(row);
            this.#thickness.push(titled + rows * row + states + spare);
            offset += titled + rows * row + states + spare + gap;
        }
        this.#across = offset - gap;
    }
    /** How thick a row is: a lane with many of them has thin ones. */
    #rowOf(rows, laneWidth) {
        const { turns, direction } = this.#options;
        if (turns === 'pair') {
            return laneWidth === undefined
                ? size.pairRow[direction]
                : Math.max(36, Math.min(size.pairRow.down, laneWidth / rows));
        }
        const { least, most, lane } = size.allRow;
        return Math.max(least, Math.min(most, (laneWidth ?? lane) / rows));
    }
    layout() {
        const { direction, turns, view, width } = this.#options;
        const isDown = direction === 'down';
        const end = this.#begin + this.#length;
        const most = Math.floor(this.#length / (isDown ? 24 : 100));
        const dots = this.#dots();
        return {
            width,
            height: (isDown ? end : this.#across) + size.margin,
            direction,
            turns,
            isNarrow: isDown && width < size.narrow,
            lanes: this.#lanes.map(({ lane }, index) => ({
                ...this.#box(this.#begin, this.#length, this.#starts[index] ?? 0, this.#thickness[index] ?? 0),
                pid: lane.pid,
                name: lane.name,
            })),
            blocks: this.#blocks(),
            dots,
            arrows: this.#arrows(dots),
            ticks: this.#axis.ticks(view, most).map((at) => ({ at, along: this.#along(at) })),
            marks: this.#marks(),
            axis: { from: this.#begin, to: end },
        };
    }
    #along(at) {
        const { from, to } = this.#options.view;
        return this.#begin + ((this.#axis.place(at) - from) / (to - from)) * this.#length;
    }
    #blocks() {
        const told = new Set([this.#pair?.first.turn.id, this.#pair?.second.turn.id]);
        return this.#lanes.flatMap(({ lane, turns }, index) => turns.flatMap(({ turn, row }) => {
            const thickness = this.#rows[index] ?? 0;
            const across = (this.#offsets[index] ?? 0) + row * thickness;
            return turn.spans.flatMap((span, which) => {
                const box = this.#block(span, across, thickness);
                if (box === undefined)
                    return [];
                const { kind, overtaken = false, unfinished = false } = span;
                const of = { pid: lane.pid, turnId: turn.id, index: which, told: told.has(turn.id) };
                const sells = kind === 'deciding' ? turn.serials : [];
                return [{ ...box, ...of, kind, sells, overtaken, unfinished }];
            });
        }));
    }
    /** The box of a span, as far as it is seen. Holding spans the others, and is drawn around them. */
    #block({ kind, start, end }, across, thickness) {
        const from = Math.max(this.#along(start), this.#begin);
        const to = Math.min(this.#along(end), this.#begin + this.#length);
        if (to < from || (to === from && from === this.#begin))
            return undefined;
        const inset = kind === 'holding' ? 0 : Math.min(4, thickness * 0.12);
        const length = Math.max(size.blockMin, to - from);
        return this.#box(from, length, across + inset, thickness - 2 * inset);
    }
    #dots() {
        const pair = this.#pair;
        if (pair === undefined)
            return [];
        const dots = [
            this.#dot('firstRead', pair.first.turn, 'read'),
            this.#dot('secondRead', pair.second.turn, 'read'),
            this.#dot('firstWrite', pair.first.turn, 'wrote'),
            this.#dot('secondWrite', pair.second.turn, 'wrote'),
        ];
        return dots.filter((dot) => dot !== undefined);
    }
    #dot(stop, turn, verb) {
        const seen = turn[verb];
        if (seen === undefined)
            return undefined;
        const along = this.#along(seen.at);
        if (along < this.#begin - 1 || along > this.#begin + this.#length + 1)
            return undefined;
        for (const [index, { turns }] of this.#lanes.entries()) {
            const placed = turns.find((each) => each.turn.id === turn.id);
            if (placed === undefined)
                continue;
            const thickness = this.#rows[index] ?? 0;
            const across = (this.#offsets[index] ?? 0) + (placed.row + 0.5) * thickness;
            const before = this.#lanes.length === 2 && index === 0;
            const edge = across + (before ? -1 : 1) * (thickness / 2);
            return {
                ...this.#point(along, across),
                told: this.#point(along, edge),
                side: before ? 'before' : 'after',
                stop,
                turnId: turn.id,
                verb,
                left: seen.left,
                version: seen.version,
                lost: this.#pair?.kind === 'lost' && stop === 'firstWrite',
            };
        }
        return undefined;
    }
    #arrows(dots) {
        const at = (name) => dots.find(({ stop }) => stop === name);
        const arrow = (kind, from, to) => {
            const [begin, end] = [at(from), at(to)];
            return begin && end ? [{ kind, from: begin, to: end }] : [];
        };
        return this.#pair?.kind === 'lost'
            ? [
                ...arrow('same', 'firstRead', 'secondRead'),
                ...arrow('erases', 'secondWrite', 'firstWrite'),
            ]
            : arrow('sees', 'firstWrite', 'secondRead');
    }
    #marks() {
        const end = this.#begin + this.#length;
        return this.#lanes.flatMap(({ lane }, index) => lane.marks.flatMap(({ kind, at }) => {
            const along = this.#along(at);
            if (along < this.#begin || along > end)
                return [];
            const across = (this.#starts[index] ?? 0) + (this.#thickness[index] ?? 0) / 2;
            return [{ ...this.#point(along, across), kind, at }];
        }));
    }
    #box(along, length, across, thickness) {
        return this.#options.direction === 'down'
            ? { x: across, y: along, width: thickness, height: length }
            : { x: along, y: across, width: length, height: thickness };
    }
    #point(along, across) {
        return this.#options.direction === 'down' ? { x: across, y: along } : { x: along, y: across };
    }
}
