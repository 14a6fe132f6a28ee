import { fill, h } from '../dom.js';
import { number } from '../format.js';
import { words } from '../words.js';
import { legend } from './legend.js';
import { RunPicture } from './run-picture.js';
import { stepPanel } from './step-panel.js';
import { turnTables } from './turn-tables.js';
const text = words.lab;
let cards = 0;
/** A finished run: the verdict, the swim lanes, the story, the figures and the tables. */
export class RunCard {
    element;
    title;
    #picture;
    constructor(run, { guess, onHelp, say }) {
        const id = `run-card-${++cards}`;
        const { ruling, because } = run.verdict;
        const panel = h('div', { class: 'step-panel' });
        fill(panel, stepPanel(undefined, ''));
        this.#picture = new RunPicture(run, {
            onHelp,
            say,
            onStep: (step, name) => fill(panel, stepPanel(step, name)),
        });
        this.title = h('h2', { id, tabindex: -1 }, run.title);
        this.element = h('section', { class: `card ${ruling}`, 'aria-labelledby': id }, this.title, h('p', { class: 'ruling' }, h('strong', {}, `${text.rulings[ruling]}.`), ` ${because}.`), guess === undefined
            ? undefined
            : h('p', { class: 'guess' }, text.predicted(guess, run.figures.toldSold)), figuresOf(run.figures, ['toldSold', 'capacity', 'lostUpdates', 'buysPerSecond'], 'main'), h('div', { class: 'seen' }, h('figure', {}, this.#picture.element, panel, legend(run)), storyOf(run.story, (turnId, at) => this.#picture.show(turnId, at))), turnTables(run), h('details', {}, h('summary', {}, words.lab.moreFigures), moreFigures(run.figures)), h('p', { class: 'command' }, h('span', {}, `${text.command}: `), h('code', {}, run.command)));
    }
    close() {
        this.#picture.close();
    }
}
/** Each sentence leads to its moment in the picture. */
function storyOf(story, onShow) {
    return h('div', { class: 'story' }, h('h3', {}, text.story), h('ol', {}, ...story.map(({ text: words, at, turnId }) => {
        const told = `${words.replaceAll(' ms', '\u00a0ms')}.`; // a number keeps its unit
        const show = () => turnId !== undefined && onShow(turnId, at);
        return h('li', {}, turnId === undefined
            ? h('p', {}, told)
            : h('button', { type: 'button', click: show }, told));
    })));
}
function figuresOf(figures, names, kind) {
    const each = names.map((name) => h('div', { class: `figure-${name}` }, h('dt', {}, text.figures[name]), h('dd', {}, number(Math.round(figures[name])))));
    return h('dl', { class: `figures ${kind}` }, ...each);
}
function moreFigures(figures) {
    const all = Object.keys(text.figures);
    const list = figuresOf(figures, all, 'more');
    const { lockWaitMs } = figures;
    if (lockWaitMs !== undefined) {
        const { p50, p99 } = lockWaitMs;
        list.append(h('div', {}, h('dt', {}, text.lockWait), h('dd', {}, text.lockWaitIs(p50, p99))));
    }
    return list;
}
