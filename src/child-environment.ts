import type { SettingName } from './settings.js';

/**
 * The environment of a child process with exactly these settings. A setting of this process must not
 * leak into it.
 */
export function environmentOf(
  settings: Readonly<Partial<Record<SettingName, string | number>>>,
): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, NO_COLOR, HOME } = process.env;
  // libpq's variables, such as certificates and passwords, belong to the database's URL.
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

/** The variable with which a primary marks the workers that it forked. */
const WORKER_MARK = 'TURNSTILE_PRIMARY';

/** What a primary adds to the environment of its workers. */
export const workerMark = (primaryPid: number): NodeJS.ProcessEnv => ({
  [WORKER_MARK]: String(primaryPid),
});

/** Whether this process was forked by a primary of ours, and not by another program's cluster. */
export const hasWorkerMark = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  environment[WORKER_MARK] === String(process.ppid);

/** Settings as environment variables. */
const mapToText = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
