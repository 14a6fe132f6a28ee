import { number } from '../../timeline/format.js';
import type { SteppedStatus } from '../../timeline/stepped-run.js';
import { fill, h } from '../dom.js';

/** The file that the processes share, as it is now, and what buyers were told. */
export class FilePanel {
  readonly #summary = h('div', { class: 'file-summary' });
  readonly #content = h('pre');
  readonly #details = h('details', {}, h('summary', {}, 'The whole file'), this.#content);
  readonly element = h(
    'section',
    { class: 'file', 'aria-label': 'The file' },
    this.#summary,
    this.#details,
  );
  #text = '';

  show(status: SteppedStatus | undefined): void {
    const { file, told = 0, setting, verdict } = status ?? {};
    const isChanged = this.#text !== '' && file !== undefined && file.text !== this.#text;
    const isOversold = verdict?.ruling === 'broken' && told > (setting?.capacity ?? told);
    this.#text = file?.text ?? '';
    this.#details.hidden = file === undefined;
    fill(this.#content, readable(this.#text));
    fill(
      this.#summary,
      file && h('h2', {}, h('code', {}, file.name)),
      file &&
        h(
          'p',
          { class: isChanged ? 'says changed' : 'says' },
          h('span', { class: 'count' }, number(file.remaining)),
          ' left',
        ),
      file &&
        h(
          'p',
          { class: isOversold ? 'told oversold' : 'told' },
          'buyers told “sold”: ',
          h('strong', {}, number(told)),
        ),
    );
  }
}

/** JSON on several lines; the lines of a ledger as they are. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.trimEnd();
  }
}
