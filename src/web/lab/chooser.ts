import type { LabCatalogue, Scenario } from '../../timeline/lab-catalogue.js';
import type { LabRequest } from '../../timeline/lab-request.js';
import type { Setting } from '../../timeline/setting.js';
import { fill, h } from '../dom.js';
import { pythonLink } from '../python/python-link.js';
import { glossaryList } from './glossary.js';

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

export interface ChooserOptions {
  readonly catalogue: LabCatalogue;
  /** The rungs. */
  readonly ladder: HTMLElement;
  /** The runs that this browser keeps. */
  readonly kept: HTMLElement;
  /** The request of the address: the form starts with its setting. */
  readonly shown: LabRequest | undefined;
  readonly onChoose: (request: LabRequest) => void;
}

/** The rungs, the scenarios, the form for a custom setting, and earlier runs. */
export function chooser(options: ChooserOptions): HTMLElement {
  const { catalogue, ladder, kept, shown, onChoose } = options;
  return h(
    'section',
    { class: 'chooser', 'aria-labelledby': 'choose' },
    h('h2', { id: 'choose' }, 'Choose an experiment'),
    h(
      'div',
      { class: 'choices' },
      ladder,
      h(
        'div',
        { class: 'scenarios' },
        h('h3', {}, 'Scenarios'),
        h('ul', {}, ...catalogue.scenarios.map((each) => scenarioItem(each, onChoose))),
      ),
      h(
        'div',
        { class: 'custom' },
        h('h3', {}, 'Custom setting'),
        customForm(catalogue, settingOf(catalogue, shown), onChoose),
        kept,
        pythonLink(),
        glossaryList(),
      ),
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

/** The setting of a request: what it names, over that of its rung, over the defaults. */
function settingOf({ defaults, rungs }: LabCatalogue, request: LabRequest | undefined): Setting {
  const { rung, scenario: _, ...named } = request ?? {};
  const ofRung = rungs.find((each) => each.rung === rung)?.setting;
  return { ...defaults, ...ofRung, ...named } as Setting; // an address has no undefined member
}

function customForm(
  { bounds, stores }: LabCatalogue,
  setting: Setting,
  onChoose: (request: LabRequest) => void,
): HTMLFormElement {
  const lockMode = h('select', { id: 'lab-lockMode', name: 'lockMode' });
  const store = h(
    'select',
    { id: 'lab-store', name: 'store', change: () => showLockModes(store.value) },
    ...stores.map(({ store: value, unavailable }) => {
      const label = unavailable === undefined ? value : `${value}: ${unavailable}`;
      const disabled = unavailable !== undefined;
      return h('option', { value, disabled, selected: value === setting.store }, label);
    }),
  );
  const showLockModes = (name: string, lockModeName?: string) => {
    const chosen = stores.find((each) => each.store === name);
    const selected = lockModeName ?? chosen?.lockMode;
    const options = chosen?.lockModes.map((value) =>
      h('option', { value, selected: value === selected }, value),
    );
    fill(lockMode, ...(options ?? []));
  };
  showLockModes(setting.store, setting.lockMode);
  const amount = (name: keyof LabCatalogue['bounds']) => {
    const { min, max } = bounds[name];
    const value = setting[name];
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
    const chosen = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => {
        const isNumber = Object.hasOwn(bounds, name);
        return [name, isNumber ? Number(value) : value];
      }),
    );
    onChoose(chosen as unknown as Setting);
  };
  return form;
}

const field = (name: keyof typeof fieldLabels, control: HTMLElement): HTMLElement =>
  h('p', { class: 'field' }, h('label', { for: control.id }, fieldLabels[name]), control);
