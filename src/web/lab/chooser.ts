import type { LabCatalogue, LabRequest, Rung, Scenario, Setting } from '../../timeline/report.js';
import { fill, h } from '../dom.js';
import { words } from '../words.js';

const text = words.lab;

/** Where a rung, a scenario or a setting by hand is chosen. */
export function chooser(
  catalogue: LabCatalogue,
  onChoose: (request: LabRequest) => void,
): HTMLElement {
  return h(
    'section',
    { class: 'chooser', 'aria-labelledby': 'choose' },
    h('h2', { id: 'choose' }, text.choose),
    h(
      'div',
      { class: 'choices' },
      h(
        'div',
        { class: 'ladder' },
        h('h3', {}, text.ladder),
        h('p', { class: 'note' }, text.ladderLead),
        h('ol', {}, ...catalogue.rungs.map((rung) => rungItem(rung, onChoose))),
      ),
      h(
        'div',
        { class: 'scenarios' },
        h('h3', {}, text.scenarios),
        h('ul', {}, ...catalogue.scenarios.map((each) => scenarioItem(each, onChoose))),
      ),
      h('div', { class: 'by-hand' }, h('h3', {}, text.byHand), handForm(catalogue, onChoose)),
    ),
  );
}

function rungItem(
  { rung, title, shows, expect, unavailable }: Rung,
  onChoose: (request: LabRequest) => void,
) {
  const missing = unavailable !== undefined;
  return h(
    'li',
    {},
    h(
      'button',
      {
        type: 'button',
        class: missing ? 'choice missing' : 'choice',
        disabled: missing,
        click: () => onChoose({ rung }),
      },
      h('span', { class: 'rung-number' }, rung),
      h('span', { class: 'choice-title' }, title),
      h('span', { class: `expect ${expect}` }, text.expect[expect]),
      h('span', { class: 'choice-about' }, shows),
      missing && h('span', { class: 'choice-about' }, text.unavailable(unavailable)),
    ),
  );
}

function scenarioItem({ name, title, teaches }: Scenario, onChoose: (r: LabRequest) => void) {
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', class: 'choice', click: () => onChoose({ scenario: name }) },
      h('span', { class: 'choice-title' }, title),
      h('span', { class: 'choice-about' }, teaches),
    ),
  );
}

function handForm(
  { defaults, bounds, stores }: LabCatalogue,
  onChoose: (request: LabRequest) => void,
): HTMLFormElement {
  const lockMode = h('select', { id: 'lab-lockMode', name: 'lockMode' });
  const store = h(
    'select',
    { id: 'lab-store', name: 'store', change: () => offerModes(store.value) },
    ...stores.map(({ store: value, unavailable }) => {
      const label = unavailable === undefined ? value : `${value}: ${unavailable}`;
      const disabled = unavailable !== undefined;
      return h('option', { value, disabled, selected: value === defaults.store }, label);
    }),
  );
  const offerModes = (name: string) => {
    const chosen = stores.find((each) => each.store === name);
    const options = chosen?.lockModes.map((value) =>
      h('option', { value, selected: value === chosen.lockMode }, value),
    );
    fill(lockMode, ...(options ?? []));
  };
  offerModes(defaults.store);
  const amount = (name: keyof LabCatalogue['bounds']) => {
    const { min, max } = bounds[name];
    const value = defaults[name];
    const kind = { type: 'number', inputmode: 'numeric', required: true };
    return field(name, h('input', { id: `lab-${name}`, name, ...kind, min, max, value }));
  };
  const form = h(
    'form',
    { submit: (event) => submit(event) },
    field('store', store),
    field('lockMode', lockMode),
    amount('workers'),
    amount('buyers'),
    amount('capacity'),
    amount('quantity'),
    amount('batchMax'),
    amount('windowMs'),
    h('button', { type: 'submit' }, text.run),
  );
  const submit = (event: Event) => {
    event.preventDefault();
    const given = new FormData(form);
    const setting = Object.fromEntries(
      [...given].map(([name, value]) => {
        const isAmount = Object.hasOwn(bounds, name);
        return [name, isAmount ? Number(value) : value];
      }),
    );
    onChoose(setting as unknown as Setting);
  };
  return form;
}

const field = (name: keyof typeof text.fields, control: HTMLElement): HTMLElement =>
  h('p', { class: 'field' }, h('label', { for: control.id }, text.fields[name]), control);
