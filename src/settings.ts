import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { type LockModeName, lockModeNames, locks } from './lock/registry.js';
import { type StoreName, storeNames, stores } from './store/registry.js';
import { UnusableError } from './unusable.js';

/** A setting that cannot be used: the variable, what it got, and what it takes. */
export class SettingsError extends UnusableError {
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

const oneOf = <const Name extends string>(names: readonly Name[], about: string) =>
  z.enum(names).meta({ takes: `one of ${names.join(', ')}`, about });

const text = (about: string) =>
  z.string().max(1024).meta({ takes: 'at most 1024 characters', about });

const aboutEach = (registry: Readonly<Record<string, { about: string }>>): string =>
  Object.entries(registry)
    .map(([name, { about }]) => `\`${name}\`: ${about}`)
    .join('; ');

const workersDefault = Math.min(8, Math.max(2, availableParallelism()));

/** Every setting: one variable of the environment each, with its default and what it takes. */
export const settingsSchema = z.object({
  LOCK_MODE: oneOf(lockModeNames as [LockModeName], aboutEach(locks)).default('file'),
  STORE: oneOf(storeNames as [StoreName], aboutEach(stores)).default('json'),
  BATCH_MAX: wholeNumber(
    1,
    4096,
    'most buys sold in one lock turn; `off` always sells one by one',
  ).default(256),
  WORKERS: wholeNumber(1, 64, 'worker processes').default(workersDefault),
  HOST: text('address to listen on').default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 'port to listen on; 0 picks a free one and prints it').default(3000),
  DATA_DIR: text('folder of the ticket file; made when missing').default('data'),
  RACE_WINDOW_MS: wholeNumber(
    0,
    60_000,
    'pause between read and write, once per critical section',
  ).default(0),
  LOCK_STALE_MS: wholeNumber(
    2000,
    600_000,
    'when a silent holder of a lease counts as gone; less than `LOCK_TIMEOUT_MS`',
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
    '`fsync`: answered after a sync; `os`: after the write',
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
  const { success, data, error } = settingsSchema.safeParse(given);
  if (!success) {
    const name = String(error.issues[0]?.path[0]) as SettingName;
    // A secret is not shown, not even a bad one.
    const got = name === 'ORDER_SECRET' ? '…' : (given[name] ?? '');
    throw new SettingsError(name, got, takes(name));
  }
  refuseOrder(data, 'LOCK_STALE_MS', 'LOCK_TIMEOUT_MS');
  refuseOrder(data, 'LOCK_TIMEOUT_MS', 'HEARTBEAT_TIMEOUT_MS');
  return data;
}

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

function refuseOrder(settings: Settings, less: Timeout, more: Timeout): void {
  if (settings[less] < settings[more]) return;
  throw new SettingsError(less, String(settings[less]), `less than ${more}, ${settings[more]}`);
}

/** Where an office with this HOST answers on this machine. One that listens everywhere listens here. */
export function officeUrl(host: string, port: number): URL {
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const name = everywhere[host] ?? (host.includes(':') ? `[${host}]` : host);
  return new URL(`http://${name}:${port}`);
}
