import { officeUrl, type Settings } from '../settings.js';
import { canOversell } from '../store/driver.js';
import { type Dependencies, scopedLockMode } from './dependencies.js';

/** What the office says when every worker listens. */
export function banner(
  settings: Settings,
  dependencies: Dependencies,
  port: number,
  storedWhere: string,
): string {
  const url = officeUrl(settings.HOST, port).origin;
  const kind = dependencies.stores[settings.STORE];
  const mode = scopedLockMode(dependencies, settings);
  const rows = [
    ['store', `${settings.STORE}`],
    ['lock mode', `${settings.LOCK_MODE}: ${mode.about}`],
    [kind.storedIn === 'folder' ? 'ticket file' : 'database', storedWhere],
    ['workers', `${settings.WORKERS}`],
    ['try', `${url}/search and ${url}/docs`],
  ] as const;
  const lines = rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
  const warning = canOversell(kind, mode, settings.WORKERS)
    ? ['', '  This will sell tickets twice. That is the point.']
    : [];
  return `${[`Turnstile is open on ${url}`, '', ...lines, ...warning].join('\n')}\n`;
}
