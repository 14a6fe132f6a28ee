import { availableParallelism } from 'node:os';
import { z } from 'zod';
import {
  allLockModeNames,
  lockModesOf,
  type StoreName,
  storeNames,
  stores,
} from './store/registry.js';
import { UserError } from './user-error.js';

export {
  type AnyLockModeName,
  allLockModeNames,
  type StoreName,
  storeNames,
} from './store/registry.js';

/** A setting that cannot be used: the variable, what it got, and what it takes. */
export class SettingsError extends UserError {
  constructor(variable: string, got: string, takes: string) {
    super(`${variable} is ${JSON.stringify(got)}: it takes ${takes}`);
  }
}

const wholeNumber = (min: number, max: number, about: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .refine((number) => number >= min && number <= max)
    .meta({ takes: `a whole number from ${min} to ${max}`, about });

/** The lock modes of a store, in words. */
const listOfModes = (store: StoreName): string =>
  `one of ${Object.keys(lockModesOf(store)).join(', ')}`;

const oneOf = <const Name extends string>(names: readonly Name[], about: string) =>
  z.enum(names).meta({ takes: `one of ${names.join(', ')}`, about });

const text = (about: string) =>
  z.string().max(1024).meta({ takes: 'at most 1024 characters', about });

const aboutEach = (registry: Readonly<Record<string, { about: string }>>): string =>
  Object.entries(registry)
    .map(([name, { about }]) => `\`${name}\`: ${about}`)
    .join('; ');

/** What is to be said of each store; those that it is the same for are named together. */
function ofStores(say: (store: StoreName) => string): string {
  const said = [...new Set(storeNames.map(say))];
  const storesOf = (words: string) => storeNames.filter((store) => say(store) === words);
  return said.map((words) => `with ${storesOf(words).join(' and ')} ${words}`).join('; ');
}

const workersDefault = Math.min(8, Math.max(2, availableParallelism()));

/** Every setting: one variable of the environment each, with its default and what it takes. */
export const settingsSchema = z.object({
  LOCK_MODE: z
    .enum(allLockModeNames)
    .meta({
      takes: ofStores(listOfModes),
      about: `${ofStores((store) => aboutEach(lockModesOf(store)))}. The default with postgres is \`row\``,
    })
    .default('file'),
  STORE: oneOf(storeNames as [StoreName], aboutEach(stores)).default('json'),
  BATCH_MAX: wholeNumber(
    1,
    4096,
    'most buys sold in one lock turn; where nothing keeps the workers apart, each is sold by itself',
  ).default(256),
  WORKERS: wholeNumber(1, 64, 'worker processes').default(workersDefault),
  HOST: text('address to listen on').default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 'port to listen on; 0 picks a free one and prints it').default(3000),
  DATA_DIR: text(
    'folder of the ticket file, made when missing; with postgres only the folder of your own events',
  ).default('data'),
  DATABASE_URL: z
    .string()
    .max(2048)
    .regex(/^postgres(ql)?:\/\/./)
    .refine((url) => URL.canParse(url))
    .meta({
      takes: 'postgres://user:password@host:port/database',
      about: 'the database of the postgres store, which needs it; others do not look at it',
    })
    .optional(),
  DATABASE_WAIT_S: wholeNumber(
    0,
    3600,
    'how long a start waits for a database that does not answer',
  ).default(30),
  RACE_WINDOW_MS: wholeNumber(
    0,
    60_000,
    'pause between read and write, once per critical section',
  ).default(0),
  LOCK_STALE_MS: wholeNumber(
    2000,
    600_000,
    'when a silent holder of a lease, or with postgres of rows, counts as gone; less than `LOCK_TIMEOUT_MS`',
  ).default(5000),
  LOCK_TIMEOUT_MS: wholeNumber(
    1,
    600_000,
    'longest wait for the lock, then 503; less than `HEARTBEAT_TIMEOUT_MS`',
  ).default(10_000),
  HEARTBEAT_TIMEOUT_MS: wholeNumber(1, 600_000, 'when a silent worker is ended').default(15_000),
  QUEUE_MAX: wholeNumber(1, 1_000_000, 'buys waiting in one worker, then 503').default(10_000),
  DURABILITY: oneOf(
    ['fsync', 'os'],
    '`fsync`: answered after a sync; `os`: after the write (postgres: `synchronous_commit=off`)',
  ).default('fsync'),
  ORDER_SECRET: z
    .string()
    .min(16)
    .max(1024)
    .meta({
      takes: '16 to 1024 characters',
      about: 'key of the order ids of the ledger store; else one is made and kept in the folder',
    })
    .optional(),
  LAB: oneOf(
    ['auto', 'on', 'off'],
    'whether `/lab` answers: `auto` where `HOST` is an address that only this machine reaches',
  ).default('auto'),
  LOG_LEVEL: oneOf(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'what is logged, to stderr',
  ).default('info'),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;
export type SettingName = keyof Settings;

/**
 * Reads the settings. A variable that is empty counts as not set.
 *
 * @throws SettingsError for the first one that cannot be used
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(
    Object.keys(settingsSchema.shape).map((name) => [name, environment[name] || undefined]),
  );
  const store = storeNames.find((name) => name === given.STORE) ?? 'json';
  given.LOCK_MODE ??= stores[store].lockModeDefault;
  const { success, data, error } = settingsSchema.safeParse(given);
  if (!success) {
    const name = String(error.issues[0]?.path[0]) as SettingName;
    // A secret is not shown, not even a bad one.
    const got = secrets.has(name) ? '…' : (given[name] ?? '');
    throw new SettingsError(name, got, name === 'LOCK_MODE' ? listOfModes(store) : takes(name));
  }
  rejectForeignLockMode(data);
  if (stores[data.STORE].storedIn === 'database' && data.DATABASE_URL === undefined) {
    throw new SettingsError(
      'DATABASE_URL',
      '',
      `${takes('DATABASE_URL')} with STORE=${data.STORE}`,
    );
  }
  requireLess(data, 'LOCK_STALE_MS', 'LOCK_TIMEOUT_MS');
  requireLess(data, 'LOCK_TIMEOUT_MS', 'HEARTBEAT_TIMEOUT_MS');
  return data;
}

/**
 * The database that an environment names, if it names one: all that a command needs to know that
 * opens no office.
 *
 * @throws SettingsError when it is no address of a database
 */
export function databaseUrlOf(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = environment.DATABASE_URL || undefined;
  const { success, data } = settingsSchema.shape.DATABASE_URL.safeParse(given);
  if (!success) throw new SettingsError('DATABASE_URL', '…', takes('DATABASE_URL'));
  return data;
}

/** What is never shown to anybody. */
const secrets: ReadonlySet<SettingName> = new Set(['ORDER_SECRET', 'DATABASE_URL']);

/** Where the tickets are kept: a folder, or the address of a database. */
export const storeLocation = ({ STORE, DATA_DIR, DATABASE_URL = '' }: Settings): string =>
  stores[STORE].storedIn === 'database' ? DATABASE_URL : DATA_DIR;

/** The default of a setting, for people. */
export function defaultOf(name: SettingName): string {
  const { def } = settingsSchema.shape[name];
  return def.type === 'default' ? String(def.defaultValue) : 'none';
}

/** What a setting takes, in words. */
export function takes(name: SettingName): string {
  return String(metaOf(name).takes);
}

/** What a setting is for, in words. */
export function about(name: SettingName): string {
  return String(metaOf(name).about);
}

const metaOf = (name: SettingName): Record<string, unknown> =>
  settingsSchema.shape[name].unwrap().meta() ?? {};

type Timeout = 'LOCK_STALE_MS' | 'LOCK_TIMEOUT_MS' | 'HEARTBEAT_TIMEOUT_MS';

/** A lock of one kind of store keeps nobody out of another. */
function rejectForeignLockMode({ STORE, LOCK_MODE }: Settings): void {
  if (Object.hasOwn(lockModesOf(STORE), LOCK_MODE)) return;
  throw new SettingsError('LOCK_MODE', LOCK_MODE, `${listOfModes(STORE)} with STORE=${STORE}`);
}

function requireLess(settings: Settings, less: Timeout, more: Timeout): void {
  if (settings[less] < settings[more]) return;
  throw new SettingsError(less, String(settings[less]), `less than ${more}, ${settings[more]}`);
}

/**
 * The environment of a process that is told these settings and no other: one that is set here, and
 * not meant, would make it another office.
 */
export function environmentOf(
  settings: Readonly<Partial<Record<SettingName, string | number>>>,
): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, NO_COLOR, HOME } = process.env;
  // What a connection to a database looks at beside its address: certificates, passwords.
  const ofPostgres = Object.entries(process.env).filter(([name]) => name.startsWith('PG'));
  return {
    PATH,
    TMPDIR,
    NO_COLOR,
    HOME,
    ...Object.fromEntries(ofPostgres),
    ...mapToText(settings),
  };
}

/** Settings as an environment has them. */
const mapToText = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

/** Whether the office lets experiments be run over HTTP. */
export const hasLab = ({ LAB, HOST }: Settings): boolean =>
  LAB === 'on' || (LAB === 'auto' && /^(localhost|127\.[\d.]+|::1)$/i.test(HOST));

/** Where an office with this HOST answers on this machine. One that listens everywhere listens here. */
export function officeUrl(host: string, port: number): URL {
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const name = everywhere[host] ?? (host.includes(':') ? `[${host}]` : host);
  return new URL(`http://${name}:${port}`);
}
