import { lockModeOf, type Parts } from '../parts.js';
import { officeUrl, type Settings } from '../settings.js';
import { races } from '../store/kind.js';

/** What the office says when every worker listens. */
export function banner(settings: Settings, parts: Parts, port: number, keptWhere: string): string {
  const url = officeUrl(settings.HOST, port).origin;
  const kind = parts.stores[settings.STORE];
  const mode = lockModeOf(parts, settings);
  const rows = [
    ['store', `${settings.STORE}`],
    ['lock mode', `${settings.LOCK_MODE}: ${mode.about}`],
    [kind.keptIn === 'folder' ? 'ticket file' : 'database', keptWhere],
    ['workers', `${settings.WORKERS}`],
    ['try', `${url}/search and ${url}/docs`],
  ] as const;
  const lines = rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
  const warning = races(kind, mode, settings.WORKERS)
    ? ['', '  This will sell tickets twice. That is the point.']
    : [];
  return `${[`Turnstile is open on ${url}`, '', ...lines, ...warning].join('\n')}\n`;
}
