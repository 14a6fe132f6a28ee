import { fill, grow, h } from '../dom.js';
import { words } from '../words.js';
import { whole } from './axis.js';
import { draw } from './draw.js';
import { axisOfRun, layOut } from './layout.js';
import { pairOf } from './pair.js';
import { FileStory } from './steps.js';
const text = words.picture;
/** Narrower than this, time goes down: the words have room then. */
const ACROSS_FROM = 700;
const ZOOM = 1.6;
const PAN = 0.2;
const NARROWEST = { true: 0.0005, even: 0.01 };
const stops = ['firstRead', 'secondRead', 'firstWrite', 'secondWrite'];
let drawn = 0;
/** The swim lanes of a run, to be looked into. */
export class RunPicture {
    element;
    #run;
    #hooks;
    #id = `run${++drawn}`;
    #stage;
    #pair;
    #file;
    #sizes;
    #toggles = new Map();
    #turns;
    #spacing;
    #view = whole;
    #axis;
    #layout;
    #pinned;
    #stop = -1;
    #width = 0;
    constructor(run, hooks) {
        this.#run = run;
        this.#hooks = hooks;
        this.#pair = pairOf(run);
        this.#file = new FileStory(run);
        this.#turns = this.#pair === undefined ? 'all' : 'pair';
        this.#spacing = this.#pair === undefined ? 'true' : 'even';
        this.#stage = h('div', {
            class: 'stage',
            tabindex: 0,
            role: 'group',
            'aria-label': text.stage,
            keydown: (event) => this.#key(event),
            pointerover: (event) => this.#point(event.target),
            pointerleave: () => this.#light(this.#pinned),
            click: (event) => this.#click(event.target),
            wheel: (event) => this.#wheel(event),
        });
        this.#dragging();
        this.element = h('div', { class: 'picture' }, this.#controls(), this.#stage);
        this.#sizes = new ResizeObserver(([entry]) => {
            const width = Math.floor(entry?.contentRect.width ?? 0);
            if (width === this.#width || width === 0)
                return;
            this.#width = width;
            this.#draw();
        });
        this.#sizes.observe(this.#stage);
    }
    close() {
        this.#sizes.disconnect();
    }
    /** Keeps the step that a turn was at, and brings it into view. */
    show(turnId, at) {
        for (const { turns } of this.#run.lanes) {
            const spans = turns.find(({ id }) => id === turnId)?.spans;
            if (spans === undefined)
                continue;
            const within = spans.findIndex(({ kind, start, end }) => kind !== 'holding' && start < at && at <= end);
            const pair = [this.#pair?.first.turn.id, this.#pair?.second.turn.id];
            if (this.#turns === 'pair' && !pair.includes(turnId))
                this.#show('all');
            this.#bringIntoView(at);
            this.#pin({ turnId, index: Math.max(0, within) });
            this.#stage.scrollIntoView({ block: 'nearest' });
        }
    }
    #controls() {
        const button = (label, shown, act, key) => h('button', {
            type: 'button',
            class: 'quiet',
            'aria-label': label === shown ? undefined : label,
            title: key === undefined ? label : `${label}  (${key})`,
            click: act,
        }, shown);
        const toggle = (name, label, act) => {
            const made = h('button', { type: 'button', class: 'quiet', click: act }, label);
            this.#toggles.set(name, made);
            return made;
        };
        const pair = this.#pair;
        return h('div', { class: 'controls', role: 'group', 'aria-label': text.controls }, pair &&
            h('span', { class: 'segments' }, toggle('pair', text.pair, () => this.#show('pair')), toggle('all', text.all, () => this.#show('all'))), h('span', { class: 'segments' }, toggle('even', text.even, () => this.#space('even')), toggle('true', text.true, () => this.#space('true'))), h('span', { class: 'segments' }, button(text.zoomOut, '−', () => this.#zoom(ZOOM), '−'), button(text.zoomIn, '+', () => this.#zoom(1 / ZOOM), '+'), button(text.fit, text.fit, () => this.#setView(whole), '0')), pair &&
            h('span', { class: 'segments' }, button(text.previous, '[', () => this.#follow(-1), '['), button(text.next, ']', () => this.#follow(1), ']')), pair && button(text.first[pair.kind], text.first[pair.kind], () => this.#toFirst(), 'f'), button(text.help, '?', this.#hooks.onHelp, '?'));
    }
    #draw() {
        if (this.#width === 0)
            return;
        const direction = this.#turns === 'pair' && this.#width < ACROSS_FROM ? 'down' : 'across';
        this.#axis = axisOfRun(this.#run, this.#turns, this.#spacing);
        const options = { width: this.#width, direction, spacing: this.#spacing };
        this.#layout = layOut(this.#run, { ...options, turns: this.#turns, view: this.#view });
        fill(this.#stage, grow(draw(this.#layout, this.#id, text.about(this.#run))));
        for (const [name, button] of this.#toggles) {
            const on = name === this.#turns || name === this.#spacing;
            button.setAttribute('aria-pressed', String(on));
        }
        if (this.#pinned !== undefined)
            this.#light(this.#pinned);
    }
    #show(turns) {
        this.#turns = turns;
        this.#spacing = turns === 'pair' ? 'even' : 'true';
        this.#setView(whole);
    }
    #space(spacing) {
        this.#spacing = spacing;
        this.#setView(whole);
    }
    #setView({ from, to }) {
        const length = Math.min(1, Math.max(NARROWEST[this.#spacing], to - from));
        const begin = Math.min(1 - length, Math.max(0, from));
        this.#view = { from: begin, to: begin + length };
        this.#draw();
    }
    /** @param factor more than 1: more is seen @param around a place on the axis that stays where it is */
    #zoom(factor, around) {
        const { from, to } = this.#view;
        const still = around ?? (from + to) / 2;
        this.#setView({ from: still - (still - from) * factor, to: still + (to - still) * factor });
    }
    #pan(part) {
        const { from, to } = this.#view;
        const by = (to - from) * part;
        this.#setView({ from: from + by, to: to + by });
    }
    /** Shows the two turns, close enough to see what they did to each other. */
    #toFirst() {
        if (this.#pair === undefined)
            return;
        const turns = [this.#pair.first.turn, this.#pair.second.turn];
        const [from, to] = [
            this.#axis.place(Math.min(...turns.map(({ start }) => start))),
            this.#axis.place(Math.max(...turns.map(({ wrote, end }) => wrote?.at ?? end))),
        ];
        const room = (to - from) * 0.08;
        this.#setView(this.#turns === 'pair' ? whole : { from: from - room, to: to + room });
        this.#stop = -1;
        this.#follow(1);
    }
    /** Goes from read to read and from write to write, as the arrow does. */
    #follow(by) {
        const pair = this.#pair;
        if (pair === undefined)
            return;
        this.#stop =
            (this.#stop + by + stops.length + (this.#stop === -1 && by < 0 ? 1 : 0)) % stops.length;
        const stop = stops[this.#stop] ?? 'firstRead';
        const side = stop.startsWith('first') ? pair.first : pair.second;
        const kind = stop.endsWith('Read') ? 'reading' : 'writing';
        const index = side.turn.spans.findLastIndex((span) => span.kind === kind);
        const span = side.turn.spans[index];
        if (span === undefined)
            return;
        this.#bringIntoView(span.end);
        this.#pin({ turnId: side.turn.id, index });
        const seen = kind === 'reading' ? side.turn.read : side.turn.wrote;
        if (seen === undefined)
            return;
        const verb = kind === 'reading' ? 'read' : 'wrote';
        this.#hooks.say(`${side.lane.name} ${text.state(verb, seen.left, seen.version)}`);
    }
    #bringIntoView(at) {
        const place = this.#axis.place(at);
        const { from, to } = this.#view;
        if (place < from || place > to)
            this.#pan((place - (from + to) / 2) / (to - from));
    }
    #key(event) {
        if (event.altKey || event.ctrlKey || event.metaKey)
            return;
        const act = this.#acts[event.key];
        if (act === undefined)
            return;
        event.preventDefault();
        act();
    }
    #acts = {
        '+': () => this.#zoom(1 / ZOOM),
        '=': () => this.#zoom(1 / ZOOM),
        '-': () => this.#zoom(ZOOM),
        '0': () => this.#setView(whole),
        ArrowLeft: () => this.#pan(-PAN),
        ArrowRight: () => this.#pan(PAN),
        ']': () => this.#follow(1),
        '[': () => this.#follow(-1),
        f: () => this.#toFirst(),
        e: () => this.#space(this.#spacing === 'even' ? 'true' : 'even'),
        w: () => this.#pair && this.#show(this.#turns === 'pair' ? 'all' : 'pair'),
        Escape: () => this.#pin(undefined),
        '?': () => this.#hooks.onHelp(),
    };
    #wheel(event) {
        if (!event.ctrlKey && !event.metaKey)
            return; // the page scrolls
        event.preventDefault();
        this.#zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM, this.#placeUnder(event));
    }
    #dragging() {
        let last;
        const along = (event) => this.#layout?.direction === 'down' ? event.clientY : event.clientX;
        this.#stage.addEventListener('pointerdown', (event) => {
            if (event.pointerType === 'mouse' && this.#view.to - this.#view.from < 1)
                last = along(event);
        });
        this.#stage.addEventListener('pointermove', (event) => {
            if (last === undefined || this.#layout === undefined)
                return;
            const { from, to } = this.#layout.axis;
            this.#pan((last - along(event)) / (to - from));
            last = along(event);
        });
        for (const end of ['pointerup', 'pointerleave']) {
            this.#stage.addEventListener(end, () => {
                last = undefined;
            });
        }
    }
    /** Which place of the axis a pointer is over. */
    #placeUnder(event) {
        const { from, to } = this.#view;
        if (this.#layout === undefined)
            return (from + to) / 2;
        const { left, top } = this.#stage.getBoundingClientRect();
        const at = this.#layout.direction === 'down' ? event.clientY - top : event.clientX - left;
        const { axis } = this.#layout;
        return from + ((at - axis.from) / (axis.to - axis.from)) * (to - from);
    }
    #point(target) {
        const block = blockOf(target);
        if (this.#pinned === undefined)
            this.#light(block);
    }
    #click(target) {
        const block = blockOf(target);
        const same = block?.turnId === this.#pinned?.turnId && block?.index === this.#pinned?.index;
        this.#pin(same ? undefined : block);
    }
    #pin(block) {
        this.#pinned = block;
        this.#light(block);
    }
    /** Dims all but the turn of a step. */
    #light(block) {
        const svg = this.#stage.firstElementChild;
        svg?.classList.toggle('dimmed', block !== undefined);
        const pair = [this.#pair?.first.turn.id, this.#pair?.second.turn.id];
        svg?.classList.toggle('told', pair.includes(block?.turnId));
        for (const each of this.#stage.querySelectorAll('[data-turn]')) {
            const { turn, span } = each.dataset;
            const isPinned = turn === block?.turnId && span === String(block?.index);
            each.classList.toggle('lit', turn === block?.turnId);
            each.classList.toggle('pinned', isPinned);
        }
        const [step, name] = block === undefined ? [undefined, ''] : this.#stepOf(block);
        this.#hooks.onStep(step, name);
    }
    #stepOf({ turnId, index }) {
        for (const { turns, name } of this.#run.lanes) {
            const turn = turns.find(({ id }) => id === turnId);
            const span = turn?.spans[index];
            if (turn !== undefined && span !== undefined)
                return [this.#file.step(turn, span), name];
        }
        return [undefined, ''];
    }
}
function blockOf(target) {
    const block = target.closest('.block');
    const { turn, span } = block?.dataset ?? {};
    return turn === undefined ? undefined : { turnId: turn, index: Number(span) };
}
