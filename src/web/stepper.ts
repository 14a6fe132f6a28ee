import { h } from './dom.js';

/** A number input between two buttons, which a thumb hits more easily than its arrows. */
export class Stepper {
  readonly input: HTMLInputElement;
  readonly element: HTMLElement;
  readonly #min: number;
  readonly #max: number;
  readonly #buttons: readonly HTMLButtonElement[];

  constructor(options: {
    readonly id: string;
    readonly min: number;
    readonly max: number;
    /** What is counted, for screen readers. */
    readonly noun: string;
    readonly onChange: () => void;
  }) {
    const { id, min, max, noun, onChange } = options;
    this.#min = min;
    this.#max = max;
    this.input = h('input', {
      id,
      type: 'number',
      min,
      max,
      value: min,
      required: true,
      inputmode: 'numeric',
      input: onChange,
    });
    const step = (by: number) => () => {
      this.value = (this.value ?? this.#min) + by;
      onChange();
    };
    const button = (label: string, sign: string, by: number) =>
      h('button', { type: 'button', class: 'quiet', 'aria-label': label, click: step(by) }, sign);
    const fewer = button(`One ${noun} fewer`, '−', -1);
    const more = button(`One ${noun} more`, '+', 1);
    this.#buttons = [fewer, more];
    this.element = h('span', { class: 'stepper' }, fewer, this.input, more);
  }

  /** Whether the number cannot be changed now. */
  lock(isLocked: boolean): void {
    this.input.readOnly = isLocked;
    for (const button of this.#buttons) button.disabled = isLocked;
  }

  /** `undefined` while the input has no valid number. */
  get value(): number | undefined {
    return this.input.validity.valid ? this.input.valueAsNumber : undefined;
  }

  set value(value: number) {
    this.input.value = String(Math.min(this.#max, Math.max(this.#min, value)));
  }
}
