import { h } from '../dom.js';

/** Leads a learner who knows Python to the page about it. */
export const pythonLink = (): HTMLElement =>
  h(
    'p',
    { class: 'from-python' },
    h('a', { href: '#from-python' }, 'From Python’s multiprocessing: what its words are here'),
  );
