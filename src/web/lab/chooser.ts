import type { LabCatalogue, LabRequest, Rung, Scenario, Setting } from '../../timeline/report.js';
import { fill, h } from '../dom.js';

const expectations = { holds: 'holds', broken: 'breaks', inconclusive: 'proves nothing' };

const fieldLabels = {
  store: 'Store',
  lockMode: 'Lock mode',
  batchMax: 'Buys per batch, at most',
  buyers: 'Buyers',
  quantity: 'Tickets per buyer',
  capacity: 'Tickets available',
  workers: 'Worker processes',
  windowMs: 'Pause between read and write, in ms',
};

/** Why a rung cannot be chosen. */
export const describeUnavailable = (why: string): string => `Not available here: ${why}.`;

/** The rungs, the scenarios, and the form for a custom setting. */
export function chooser(
  catalogue: LabCatalogue,
  onChoose: (request: LabRequest) => void,
): HTMLElement {
  return h(
    'section',
    { class: 'chooser', 'aria-labelledby': 'choose' },
    h('h2', { id: 'choose' }, 'Choose an experiment'),
    h(
      'div',
      { class: 'choices' },
      h(
        'div',
        { class: 'ladder' },
        h('h3', {}, 'The ladder'),
        h('p', { class: 'note' }, 'Each rung changes one thing.'),
        h('ol', {}, ...catalogue.rungs.map((rung) => rungItem(rung, onChoose))),
      ),
      h(
        'div',
        { class: 'scenarios' },
        h('h3', {}, 'Scenarios'),
        h('ul', {}, ...catalogue.scenarios.map((each) => scenarioItem(each, onChoose))),
      ),
      h('div', { class: 'custom' }, h('h3', {}, 'Custom setting'), customForm(catalogue, onChoose)),
    ),
  );
}

function rungItem(
  { rung, title, shows, expect, unavailable }: Rung,
  onChoose: (request: LabRequest) => void,
) {
  const disabled = unavailable !== undefined;
  return h(
    'li',
    {},
    h(
      'button',
      {
        type: 'button',
        class: disabled ? 'choice unavailable' : 'choice',
        disabled,
        click: () => onChoose({ rung }),
      },
      h('span', { class: 'rung-number' }, rung),
      h('span', { class: 'choice-title' }, title),
      h('span', { class: `expect ${expect}` }, expectations[expect]),
      h('span', { class: 'choice-about' }, shows),
      disabled && h('span', { class: 'choice-about' }, describeUnavailable(unavailable)),
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

function customForm(
  { defaults, bounds, stores }: LabCatalogue,
  onChoose: (request: LabRequest) => void,
): HTMLFormElement {
  const lockMode = h('select', { id: 'lab-lockMode', name: 'lockMode' });
  const store = h(
    'select',
    { id: 'lab-store', name: 'store', change: () => showLockModes(store.value) },
    ...stores.map(({ store: value, unavailable }) => {
      const label = unavailable === undefined ? value : `${value}: ${unavailable}`;
      const disabled = unavailable !== undefined;
      return h('option', { value, disabled, selected: value === defaults.store }, label);
    }),
  );
  const showLockModes = (name: string) => {
    const chosen = stores.find((each) => each.store === name);
    const options = chosen?.lockModes.map((value) =>
      h('option', { value, selected: value === chosen.lockMode }, value),
    );
    fill(lockMode, ...(options ?? []));
  };
  showLockModes(defaults.store);
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
    h('button', { type: 'submit' }, 'Run'),
  );
  const submit = (event: Event) => {
    event.preventDefault();
    const setting = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => {
        const isNumber = Object.hasOwn(bounds, name);
        return [name, isNumber ? Number(value) : value];
      }),
    );
    onChoose(setting as unknown as Setting);
  };
  return form;
}

const field = (name: keyof typeof fieldLabels, control: HTMLElement): HTMLElement =>
  h('p', { class: 'field' }, h('label', { for: control.id }, fieldLabels[name]), control);
