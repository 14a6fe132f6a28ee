import type { Parts } from '../parts.js';
import { officeUrl, type Settings } from '../settings.js';

/** What the office says when every worker listens. */
export function banner(settings: Settings, parts: Parts, port: number, ticketFile: string): string {
  const url = officeUrl(settings.HOST, port).origin;
  const { about, scope } = parts.locks[settings.LOCK_MODE];
  const rows = [
    ['store', `${settings.STORE}`],
    ['lock mode', `${settings.LOCK_MODE}: ${about}`],
    ['ticket file', ticketFile],
    ['workers', `${settings.WORKERS}`],
    ['try', `${url}/search and ${url}/docs`],
  ] as const;
  const lines = rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
  const oversells = scope === 'nothing' || (scope === 'process' && settings.WORKERS > 1);
  const warning = oversells ? ['', '  This will sell tickets twice. That is the point.'] : [];
  return `${[`Turnstile is open on ${url}`, '', ...lines, ...warning].join('\n')}\n`;
}
