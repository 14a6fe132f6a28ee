import { lockModesOf } from '../store/registry.js';
import type { InjectedFault, LabCatalogue, LabRequest, Setting } from '../timeline/report.js';
import { UserError } from '../user-error.js';
import type { Ruling } from '../verdict/judge.js';
import { ladder } from './ladder.js';
import { scenarios } from './scenarios.js';
import {
  amounts,
  bounds,
  defaults,
  isUnguarded,
  labStores,
  rejectOutOfBounds,
  storeChoices,
  unavailable,
  usualModeOf,
  whyUnavailable,
} from './setting.js';

type Changes = Omit<LabRequest, 'rung' | 'scenario'>;

/** A run that is to come. */
export interface Plan {
  readonly title: string;
  readonly rung?: number;
  readonly scenario?: string;
  readonly setting: Setting;
  readonly disturbance?: InjectedFault;
  readonly expect: Ruling;
  /** What to type to run it again. */
  readonly command: string;
}

/**
 * What can be asked for by name.
 *
 * @param databaseUrl the server on which a sandbox may make its database, if there is one
 */
export const catalogueOf = (databaseUrl: string | undefined): LabCatalogue => ({
  rungs: ladder.map((rung) => ({ ...rung, ...unavailable(rung.setting.store, databaseUrl) })),
  scenarios,
  stores: storeChoices(databaseUrl),
  defaults,
  bounds,
});

/**
 * The runs that are asked for: one, or those of a scenario.
 *
 * @param databaseUrl the server on which a sandbox may make its database, if there is one
 * @throws UnusableError with what it takes, or why it cannot be run here
 */
export function planOf(request: LabRequest, databaseUrl?: string): Plan[] {
  const plans = plansOf(request);
  for (const { title, setting } of plans) {
    const why = whyUnavailable(setting.store, databaseUrl);
    if (why !== undefined) throw new UserError(`${title} cannot be run: ${why}`);
  }
  return plans;
}

function plansOf(request: LabRequest): Plan[] {
  const { rung, scenario, ...given } = request;
  const changes = defined(given);
  rejectOutOfBounds(changes);
  if (scenario !== undefined) return planScenario(scenario, rung, changes);
  if (rung !== undefined) return [planRung(rung, changes)];
  const { store = defaults.store } = changes;
  if (!labStores.includes(store)) {
    throw new UserError(`store is "${store}": it takes ${labStores.join(', ')}`);
  }
  const asked = { ...defaults, lockMode: usualModeOf(store), ...changes };
  const modes = Object.keys(lockModesOf(store));
  if (!modes.includes(asked.lockMode)) {
    const takes = `with the ${store} store it takes ${modes.join(', ')}`;
    throw new UserError(`mode is "${asked.lockMode}": ${takes}`);
  }
  // The office does so by itself.
  const setting = isUnguarded(asked) ? { ...asked, batchMax: 1 } : asked;
  return [
    {
      title: `${setting.store}, lock mode ${setting.lockMode}`,
      setting,
      expect: isUnguarded(setting) ? 'broken' : 'holds',
      command: commandOf([], asked, defaults),
    },
  ];
}

/** The runs of the whole ladder, one a rung, but for those that cannot be run here. */
export function planLadder(changes: Changes = {}, databaseUrl?: string): Plan[] {
  const { rungs } = catalogueOf(databaseUrl);
  return rungs
    .filter((rung) => rung.unavailable === undefined)
    .flatMap(({ rung }) => planOf({ ...changes, rung }, databaseUrl));
}

function planRung(number: number, changes: Partial<Setting>): Plan {
  const rung = ladder.find((each) => each.rung === number);
  if (rung === undefined) {
    throw new UserError(`rung is ${number}: it takes a whole number from 1 to ${ladder.length}`);
  }
  for (const name of ['store', 'lockMode', 'batchMax'] as const) {
    if (changes[name] !== undefined) {
      throw new UserError(`a rung says what its ${name} is: give one of the two`);
    }
  }
  const setting = { ...rung.setting, ...changes };
  return {
    title: `rung ${number}: ${rung.title}`,
    rung: number,
    setting,
    expect: isUnguarded(setting) ? 'broken' : 'holds',
    command: commandOf([`--rung ${number}`], setting, rung.setting),
  };
}

function planScenario(name: string, rung: number | undefined, changes: Partial<Setting>): Plan[] {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario === undefined) {
    const names = scenarios.map((each) => each.name).join(', ');
    throw new UserError(`there is no scenario "${name}": there are ${names}`);
  }
  if (rung !== undefined || Object.keys(changes).length > 0) {
    throw new UserError('a scenario says everything: give no more than its name');
  }
  const command = `npm run lab -- --scenario ${name}`;
  return scenario.runs.map((run) => ({ ...run, scenario: name, command }));
}

const flags = {
  batchMax: 'batch',
  buyers: 'buyers',
  quantity: 'quantity',
  capacity: 'capacity',
  workers: 'workers',
  windowMs: 'window',
} as const;

function commandOf(first: readonly string[], setting: Setting, usual: Setting): string {
  const words = ['npm run lab --', ...first];
  if (first.length === 0) words.push(`--store ${setting.store} --mode ${setting.lockMode}`);
  for (const name of amounts) {
    if (setting[name] !== usual[name]) words.push(`--${flags[name]} ${setting[name]}`);
  }
  return words.join(' ');
}

/** Without what is there but undefined: it would hide a default. */
function defined(given: Changes): Partial<Setting> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
