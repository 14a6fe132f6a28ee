import { serverUrl } from '../server-address.js';
import type { Settings } from '../settings.js';
import { canOversell } from '../store/driver.js';
import { type Dependencies, modeInfo, storeDriver } from './dependencies.js';

/**
 * What the primary prints when every worker listens.
 *
 * @param location the ticket file or the database, for people
 */
export function banner(
  settings: Settings,
  dependencies: Dependencies,
  port: number,
  location: string,
): string {
  const url = serverUrl(settings.HOST, port).origin;
  const driver = storeDriver(dependencies, settings);
  const mode = modeInfo(dependencies, settings);
  const rows = [
    ['store', `${settings.STORE}`],
    ['lock mode', `${settings.LOCK_MODE}: ${mode.about}`],
    [driver.storedIn === 'folder' ? 'ticket file' : 'database', location],
    ['workers', `${settings.WORKERS}`],
    ['try', `${url}/search and ${url}/docs`],
  ] as const;
  const lines = rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
  const warning = canOversell(driver, mode, settings.WORKERS)
    ? ['', '  This will sell tickets twice. That is the point.']
    : [];
  return `${[`Turnstile is open on ${url}`, '', ...lines, ...warning].join('\n')}\n`;
}
