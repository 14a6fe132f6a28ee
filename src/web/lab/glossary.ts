import { type Child, h } from '../dom.js';

/** The words that a newcomer meets first, each in one or two sentences. */
export const glossary: Readonly<Record<string, string>> = {
  lock: 'What only one process can hold at a time. Another process that wants it waits.',
  lease:
    'A lock with a time limit. Its holder renews it; if it stops doing so, another process may take it over.',
  mutex:
    'A lock in the memory of one process. Other processes have their own, so it does not keep them out.',
  serial: 'The number of a ticket. Two buyers with one serial have the same seat.',
  commit: 'A write that takes effect as a whole, or not at all.',
  batch: 'The purchases that are sold under one lock acquisition.',
  ledger:
    'A file to which lines are only appended. A line counts if it extends the line before it.',
};

let terms = 0;

/** A text in which the words of the glossary show what they mean, on hover and on focus. */
export function withTerms(text: string): Child[] {
  const seen = new Set<string>();
  return text.split(/\b([a-z]+?)(?=(?:e?s)?\b)/).map((part) => {
    const meaning = Object.hasOwn(glossary, part) ? glossary[part] : undefined;
    if (meaning === undefined || seen.has(part)) return part;
    seen.add(part); // once in a text is enough
    const id = `term-${++terms}`;
    return h(
      'span',
      { class: 'term', tabindex: 0, 'aria-describedby': id },
      part,
      h('span', { class: 'meaning', role: 'tooltip', id }, meaning),
    );
  });
}

/** All words, as a list to open. */
export const glossaryList = (): HTMLElement =>
  h(
    'details',
    { class: 'glossary' },
    h('summary', {}, 'Glossary'),
    h(
      'dl',
      {},
      ...Object.entries(glossary).flatMap(([word, meaning]) => [
        h('dt', {}, word),
        h('dd', {}, meaning),
      ]),
    ),
  );
