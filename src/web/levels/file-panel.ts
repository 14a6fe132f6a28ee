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
  #isChanged = false;
  #shown = '';

  /** @param isStepping whether a step begins: until then, a change of the file stays marked */
  show(status: SteppedStatus | undefined, isStepping: boolean): void {
    const { file, toldSold = 0, setting, verdict } = status ?? {};
    const text = file?.text ?? '';
    if (text !== this.#text) this.#isChanged = this.#text !== '' && text !== '';
    else if (isStepping) this.#isChanged = false;
    this.#text = text;
    const isOversold = verdict?.ruling === 'broken' && toldSold > (setting?.capacity ?? toldSold);
    // What has not changed is not drawn again: its animation would begin anew, and a selection be lost.
    const shown = JSON.stringify([file, toldSold, isOversold, this.#isChanged]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#details.hidden = file === undefined;
    fill(this.#content, readable(text));
    fill(
      this.#summary,
      file && h('h2', {}, h('code', {}, file.name)),
      file &&
        h(
          'p',
          { class: this.#isChanged ? 'says changed' : 'says' },
          h('span', { class: 'count' }, number(file.remaining)),
          ' left',
        ),
      file &&
        h(
          'p',
          { class: isOversold ? 'told oversold' : 'told' },
          'buyers told “sold”: ',
          h('strong', {}, number(toldSold)),
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
