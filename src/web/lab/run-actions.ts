import type { Rung } from '../../timeline/lab-catalogue.js';
import type { LabRequest } from '../../timeline/lab-request.js';
import type { Run } from '../../timeline/report.js';
import { fill, h } from '../dom.js';
import { describeUnavailable } from './chooser.js';

const text = {
  again: 'Run it again',
  oneUp: 'The same run, one rung up',
  highestRung: 'This is the highest rung of the ladder.',
  link: 'Copy a link to this run',
  linkNote: 'In this browser the link shows this run. Elsewhere it runs the same settings.',
  copied: 'Link copied',
  notCopied: 'The link is in the address bar',
};

export interface RunActionsOptions {
  readonly run: Run;
  readonly request: LabRequest;
  /** The rung above that of the run, if there is one, and it can be shown beside the run. */
  readonly above: Rung | undefined;
  /** Whether there is room for another run beside this one. */
  readonly isComparable: boolean;
  readonly onOneUp: (rung: number) => void;
  readonly onAgain: () => void;
}

/** What can be done after a run: the next rung, the same again, a link to it. */
export function runActions(options: RunActionsOptions): HTMLElement[] {
  const { run, above, isComparable, onOneUp, onAgain } = options;
  const button = (label: string, act: () => void, kind = '') =>
    h('button', { type: 'button', class: kind, click: act }, label);
  const isOffered = isComparable && above !== undefined && above.unavailable === undefined;
  return [
    ...(isOffered ? [button(text.oneUp, () => onOneUp(above.rung))] : []),
    button(text.again, onAgain, 'quiet'),
    link(),
    ...(isComparable ? [h('span', { class: 'note' }, describeNext(run, above))] : []),
  ];
}

function link(): HTMLElement {
  const note = h('span', { class: 'note', role: 'status' });
  const copy = async (event: Event) => {
    event.preventDefault(); // it leads to what is shown already
    const copied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    fill(note, copied ? text.copied : text.notCopied);
  };
  const attributes = { href: location.hash, title: text.linkNote };
  const element = h('a', { ...attributes, click: (event) => void copy(event) }, text.link);
  return h('span', {}, element, ' ', note);
}

function describeNext({ rung }: Run, above: Rung | undefined): string {
  if (above === undefined) return rung === undefined ? '' : text.highestRung;
  const next = `Next: Rung ${above.rung}, ${above.title}`;
  const { unavailable } = above;
  return unavailable === undefined ? next : `${next}. ${describeUnavailable(unavailable)}`;
}
