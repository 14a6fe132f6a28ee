import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { hostInUrl, isLoopback } from './server-address.js';
import {
  addressRanges,
  isAddressRange,
  isHostName,
  isOrigin,
  isWebhookSecret,
  isWebhookUrl,
  list,
  oneOf,
  text,
  wholeNumber,
} from './setting-values.js';
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

/** The most characters of an invalid value in its message. */
const SHOWN_MAX = 100;

/** An invalid setting: the variable, its value, and what it accepts. */
export class SettingsError extends UserError {
  constructor(variable: string, got: string, takes: string) {
    const shown = got.length > SHOWN_MAX ? `${got.slice(0, SHOWN_MAX)}…` : got;
    super(`${variable} is ${JSON.stringify(shown)}: it takes ${takes}`);
  }
}

/** The lock modes of a store, as text for a message. */
const listOfModes = (store: StoreName): string =>
  `one of ${Object.keys(lockModesOf(store)).join(', ')}`;

const aboutEach = (registry: Readonly<Record<string, { about: string }>>): string =>
  Object.entries(registry)
    .map(([name, { about }]) => `\`${name}\`: ${about}`)
    .join('; ');

/** Describes each store, and names stores with the same description together. */
function describeStores(describe: (store: StoreName) => string): string {
  const descriptions = [...new Set(storeNames.map(describe))];
  const storesWith = (text: string) => storeNames.filter((store) => describe(store) === text);
  return descriptions.map((text) => `with ${storesWith(text).join(' and ')} ${text}`).join('; ');
}

const workersDefault = Math.min(8, Math.max(2, availableParallelism()));

/** Every setting: an environment variable, its default and the values that it accepts. */
export const settingsSchema = z.object({
  LOCK_MODE: z
    .enum(allLockModeNames)
    .meta({
      takes: describeStores(listOfModes),
      about: `${describeStores((store) => aboutEach(lockModesOf(store)))}. The default with postgres is \`row\``,
    })
    .default('file'),
  STORE: oneOf(storeNames as [StoreName], aboutEach(stores)).default('json'),
  BATCH_MAX: wholeNumber(
    1,
    4096,
    'maximum number of purchases sold in one lock acquisition; a mode that can oversell sells each separately',
  ).default(256),
  WORKERS: wholeNumber(1, 64, 'worker processes').default(workersDefault),
  HOST: z
    .string()
    .max(1024)
    .refine((host) => URL.canParse(`http://${hostInUrl(host)}`))
    .meta({
      takes: 'a name, or an IP address without a zone, of at most 1024 characters',
      about: 'address to listen on',
    })
    .default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 'port to listen on; 0 picks a free port and prints it').default(
    3000,
  ),
  DATA_DIR: text(
    'folder of the ticket file, created if missing; with postgres only the folder of your own events',
  ).default('data'),
  DATABASE_URL: z
    .string()
    .max(2048)
    .regex(/^postgres(ql)?:\/\/./)
    .refine((url) => URL.canParse(url))
    .meta({
      takes: 'postgres://user:password@host:port/database',
      about: 'database of the postgres store, required by it and ignored by the others',
    })
    .optional(),
  DATABASE_WAIT_S: wholeNumber(
    0,
    3600,
    'how many seconds a start waits for a database that does not answer, before it ends with exit code 5',
  ).default(30),
  RACE_WINDOW_MS: wholeNumber(
    0,
    60_000,
    'pause between read and write in every critical section, in milliseconds',
  ).default(0),
  LOCK_STALE_MS: wholeNumber(
    2000,
    600_000,
    'how long the holder of a lease (with postgres, of row locks) may be silent before it loses them, in milliseconds; less than `LOCK_TIMEOUT_MS`',
  ).default(5000),
  LOCK_TIMEOUT_MS: wholeNumber(
    1,
    600_000,
    'longest wait for the lock in milliseconds, then 503; less than `HEARTBEAT_TIMEOUT_MS`',
  ).default(10_000),
  HEARTBEAT_TIMEOUT_MS: wholeNumber(
    1,
    600_000,
    'how long a worker may be silent before it is killed and replaced, in milliseconds',
  ).default(15_000),
  QUEUE_MAX: wholeNumber(
    1,
    1_000_000,
    'maximum number of purchases that wait in one worker, then 503',
  ).default(10_000),
  HOLD_SECONDS: wholeNumber(
    1,
    86_400,
    'how long `POST /holds` keeps tickets off sale while their buyer pays, in seconds',
  ).default(600),
  DURABILITY: oneOf(
    ['fsync', 'os'],
    '`fsync`: answers after a sync; `os`: answers after the write (postgres: `synchronous_commit=off`)',
  ).default('fsync'),
  ORDER_SECRET: z
    .string()
    .min(16)
    .max(1024)
    .meta({
      takes: '16 to 1024 characters',
      about:
        'key of the ticket codes and door codes, and of the order ids of the ledger store; without it, the folder gets generated keys; with postgres it is `ADMIN_TOKEN`, and without that there are no codes',
    })
    .optional(),
  LAB: oneOf(
    ['auto', 'on', 'off'],
    'whether `/lab` is available; `auto`: only if `HOST` is a loopback address, and only to requests that no proxy forwarded',
  ).default('auto'),
  ALLOWED_HOSTS: list(
    isHostName,
    'names by which clients may call this server, besides IP addresses and `localhost`; without any, a `HOST` that other machines reach accepts every name',
    'host names without port, separated by commas',
  ).default([]),
  ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,1024}$/)
    .meta({
      takes: '16 to 1024 characters without spaces',
      about:
        'what operators send as `Authorization: Bearer`; without it, the folder gets a generated one in `admin.token`',
    })
    .optional(),
  METRICS: oneOf(
    ['operators', 'open'],
    'who may read `/metrics`: `open` is for scrapers that send no token',
  ).default('operators'),
  TRUSTED_PROXIES: list(
    isAddressRange,
    'reverse proxies whose `X-Forwarded-For` is believed when limits per client apply',
    `addresses, ranges such as 10.0.0.0/8, ${addressRanges.join(', ')}, separated by commas`,
  ).default([]),
  CORS_ORIGINS: list(
    isOrigin,
    'origins whose pages may sell tickets of this server in a browser: your own site; none of their requests are those of an operator',
    'origins such as https://tickets.example, separated by commas',
  ).default([]),
  WEBHOOK_URL: z
    .string()
    .max(2048)
    .refine(isWebhookUrl)
    .meta({
      takes: 'an http or https URL without user and password, of at most 2048 characters',
      about:
        'where messages about orders, holds, admissions and events are delivered; http only with `WEBHOOK_ALLOW_PRIVATE`',
    })
    .optional(),
  WEBHOOK_SECRET: z
    .string()
    .refine(isWebhookSecret)
    .meta({
      takes: '`whsec_` and 24 to 64 bytes in base64',
      about: 'key of the signatures of Standard Webhooks; required by `WEBHOOK_URL`',
    })
    .optional(),
  WEBHOOK_ALLOW_PRIVATE: oneOf(
    ['0', '1'],
    '`1`: the receiver may be on this machine or in a private network, and may speak http',
  ).default('0'),
  WEBHOOK_TRIES_MAX: wholeNumber(
    1,
    100_000,
    'how often a message may fail before it is parked, and those of its event that follow go on',
  ).default(500),
  WEBHOOK_AGE_MAX_S: wholeNumber(
    1,
    2_592_000,
    'how old a message that fails may be before it is parked, in seconds',
  ).default(86_400),
  WEBHOOK_LAG_MAX_S: wholeNumber(
    0,
    86_400,
    'how late messages may become, in seconds, while many buy and delivery is slow; 0: it is never slow',
  ).default(300),
  LOG_LEVEL: oneOf(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'lowest level that is logged, to stderr',
  ).default('info'),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;
export type SettingName = keyof Settings;

/**
 * Reads the settings. An empty variable counts as unset.
 *
 * @throws SettingsError for the first invalid one
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
    // Even an invalid secret is never printed.
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
  requireWebhookSettings(data);
  return data;
}

/**
 * The `DATABASE_URL` of an environment, if it has one, for commands that need no other setting.
 *
 * @throws SettingsError if it is not a database URL
 */
export function databaseUrlOf(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = environment.DATABASE_URL || undefined;
  const { success, data } = settingsSchema.shape.DATABASE_URL.safeParse(given);
  if (!success) throw new SettingsError('DATABASE_URL', '…', takes('DATABASE_URL'));
  return data;
}

/** Settings whose values are never printed. */
const secrets: ReadonlySet<SettingName> = new Set([
  'ORDER_SECRET',
  'ADMIN_TOKEN',
  'DATABASE_URL',
  'WEBHOOK_URL', // its path may be one
  'WEBHOOK_SECRET',
]);

/** Where the store keeps its tickets: a folder, or a database URL. */
export const storeLocation = ({ STORE, DATA_DIR, DATABASE_URL = '' }: Settings): string =>
  stores[STORE].storedIn === 'database' ? DATABASE_URL : DATA_DIR;

/** The default of a setting, as text. */
export function defaultOf(name: SettingName): string {
  const { def } = settingsSchema.shape[name];
  return (def.type === 'default' && String(def.defaultValue)) || 'none';
}

/** The values that a setting accepts, as text. */
export function takes(name: SettingName): string {
  return String(metaOf(name).takes);
}

/** The purpose of a setting, as text. */
export function about(name: SettingName): string {
  return String(metaOf(name).about);
}

const metaOf = (name: SettingName): Record<string, unknown> =>
  settingsSchema.shape[name].unwrap().meta() ?? {};

type Timeout = 'LOCK_STALE_MS' | 'LOCK_TIMEOUT_MS' | 'HEARTBEAT_TIMEOUT_MS';

/** Locks of files exclude nothing in a database, and the other way round. */
function rejectForeignLockMode({ STORE, LOCK_MODE }: Settings): void {
  if (Object.hasOwn(lockModesOf(STORE), LOCK_MODE)) return;
  throw new SettingsError('LOCK_MODE', LOCK_MODE, `${listOfModes(STORE)} with STORE=${STORE}`);
}

function requireLess(settings: Settings, less: Timeout, more: Timeout): void {
  if (settings[less] < settings[more]) return;
  throw new SettingsError(less, String(settings[less]), `less than ${more}, ${settings[more]}`);
}

/** @throws SettingsError for a webhook that could not be signed, read by others, or followed */
function requireWebhookSettings(settings: Settings): void {
  const { WEBHOOK_URL, WEBHOOK_SECRET, WEBHOOK_ALLOW_PRIVATE, STORE, LOCK_MODE } = settings;
  if (WEBHOOK_URL === undefined) return;
  if (WEBHOOK_SECRET === undefined) {
    throw new SettingsError('WEBHOOK_SECRET', '', `${takes('WEBHOOK_SECRET')} with WEBHOOK_URL`);
  }
  if (WEBHOOK_ALLOW_PRIVATE === '0' && new URL(WEBHOOK_URL).protocol !== 'https:') {
    throw new SettingsError('WEBHOOK_URL', '…', 'an https URL unless WEBHOOK_ALLOW_PRIVATE is 1');
  }
  // Two commits of an event may have one version there, and only one of them would be found.
  if (STORE === 'postgres' && LOCK_MODE === 'off') {
    throw new SettingsError(
      'LOCK_MODE',
      LOCK_MODE,
      'a mode that keeps batches apart with WEBHOOK_URL',
    );
  }
}

/** Whether the server offers experiments over HTTP. */
export const hasLab = ({ LAB, HOST }: Settings): boolean =>
  LAB === 'on' || (LAB === 'auto' && isLoopback(HOST));
