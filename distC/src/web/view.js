import { fill, h } from './dom.js';
import { words } from './words.js';
/** The head of a view. Its title takes the focus when the view is entered. */
export function heading(title, lead) {
    return h('header', { class: 'heading' }, h('h1', { tabindex: -1 }, title), h('p', { class: 'lead' }, lead));
}
/**
 * Asks again and again until it is told to stop, one question at a time; not while nobody looks.
 * What goes wrong stands in the view until the next answer.
 */
export function poll(everyMs, trouble, ask, show) {
    let timer;
    let stopped = false;
    const turn = async () => {
        try {
            const answer = document.hidden ? undefined : await ask();
            if (stopped)
                return;
            if (answer !== undefined)
                show(answer);
            fill(trouble);
        }
        catch (error) {
            if (!stopped)
                fill(trouble, words.trouble(error.message));
        }
        timer = setTimeout(() => void turn(), everyMs);
    };
    void turn();
    return () => {
        stopped = true;
        clearTimeout(timer);
    };
}
