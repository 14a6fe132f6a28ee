import { lockModesOf } from '../store/registry.js';
import type { LabCatalogue } from '../timeline/lab-catalogue.js';
import type { LabRequest } from '../timeline/lab-request.js';
import type { InjectedFault, RaceVerb } from '../timeline/report.js';
import type { Setting } from '../timeline/setting.js';
import { UserError } from '../user-error.js';
import type { Ruling } from '../verdict/judge.js';
import {
  availability,
  bounds,
  defaultModeOf,
  defaults,
  isUnguarded,
  labStores,
  numericSettings,
  requireInBounds,
  storeChoices,
  whyUnavailable,
} from './experiment-setting.js';
import { ladder } from './ladder.js';
import { scenarios } from './scenarios.js';
import { levels, summaryOf } from './stepping/levels.js';

/** What a request sets itself. */
export type Changes = Omit<
  LabRequest,
  'rung' | 'scenario' | 'ladder' | 'level' | 'variant' | 'stepped'
>;

/** What a run should do. */
export interface Plan {
  readonly title: string;
  readonly rung?: number;
  readonly scenario?: string;
  readonly setting: Setting;
  /** `disturbance` in the catalogue and in reports. */
  readonly injectedFault?: InjectedFault;
  /** What the clients race for; missing: to buy. */
  readonly verb?: RaceVerb;
  readonly expect: Ruling;
  /** The command that repeats the run. */
  readonly command: string;
}

/**
 * Everything that a request may choose from.
 *
 * @param databaseUrl the server on which a sandbox may create its database, if there is one
 */
export const catalogueOf = (databaseUrl: string | undefined): LabCatalogue => ({
  rungs: ladder.map((rung) => ({ ...rung, ...availability(rung.setting.store, databaseUrl) })),
  scenarios,
  levels: levels.map(summaryOf),
  stores: storeChoices(databaseUrl),
  defaults,
  bounds,
});

/**
 * Plans the requested run, or the runs of the requested scenario or of the ladder.
 *
 * @param databaseUrl the server on which a sandbox may create its database, if there is one
 * @throws UserError if the request is invalid, or cannot be run here
 */
export function planOf(request: LabRequest, databaseUrl?: string): Plan[] {
  const { rung, scenario, ladder: isLadder, ...others } = request;
  const { level: _level, variant: _variant, stepped: _stepped, ...given } = others;
  const changes = withoutUndefined(given);
  requireInBounds(changes);
  if (isLadder) {
    if (rung === undefined && scenario === undefined) return planLadder(changes, databaseUrl);
    throw new UserError('a ladder has every rung: give no rung and no scenario');
  }
  const plans = planRequest(rung, scenario, changes);
  for (const { title, setting } of plans) {
    const why = whyUnavailable(setting.store, databaseUrl);
    if (why !== undefined) throw new UserError(`${title} cannot be run: ${why}`);
  }
  return plans;
}

function planRequest(
  rung: number | undefined,
  scenario: string | undefined,
  changes: Partial<Setting>,
): Plan[] {
  if (scenario !== undefined) return planScenario(scenario, rung, changes);
  return [rung === undefined ? planCustom(changes) : planRung(rung, changes)];
}

/** A run with a setting that is neither a rung nor a scenario. */
function planCustom(changes: Partial<Setting>): Plan {
  const { store = defaults.store } = changes;
  if (!labStores.includes(store)) {
    throw new UserError(`store is "${store}": it takes ${labStores.join(', ')}`);
  }
  const requested = { ...defaults, lockMode: defaultModeOf(store), ...changes };
  const modes = Object.keys(lockModesOf(store));
  if (!modes.includes(requested.lockMode)) {
    const takes = `with the ${store} store it takes ${modes.join(', ')}`;
    throw new UserError(`mode is "${requested.lockMode}": ${takes}`);
  }
  // Without a guard the server sells each buy in its own batch, whatever BATCH_MAX is.
  const setting = isUnguarded(requested) ? { ...requested, batchMax: 1 } : requested;
  return {
    title: `${setting.store}, lock mode ${setting.lockMode}`,
    setting,
    expect: isUnguarded(setting) ? 'broken' : 'holds',
    command: commandOf([], requested, defaults),
  };
}

/** Plans a run for every rung of the ladder, except for those that cannot be run here. */
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
      throw new UserError(`a rung determines its ${name}: give only one of them`);
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
    throw new UserError('a scenario determines every setting: give only its name');
  }
  const command = `npm run lab -- --scenario ${name}`;
  return scenario.runs.map(({ disturbance, ...run }) => ({
    ...run,
    ...(disturbance === undefined ? {} : { injectedFault: disturbance }),
    scenario: name,
    command,
  }));
}

const flags = {
  batchMax: 'batch',
  buyers: 'buyers',
  quantity: 'quantity',
  capacity: 'capacity',
  workers: 'workers',
  windowMs: 'window',
} as const;

function commandOf(args: readonly string[], setting: Setting, base: Setting): string {
  const words = ['npm run lab --', ...args];
  if (args.length === 0) words.push(`--store ${setting.store} --mode ${setting.lockMode}`);
  for (const name of numericSettings) {
    if (setting[name] !== base[name]) words.push(`--${flags[name]} ${setting[name]}`);
  }
  return words.join(' ');
}

/** Without members that are undefined, which would override a default. */
function withoutUndefined(given: Changes): Partial<Setting> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
