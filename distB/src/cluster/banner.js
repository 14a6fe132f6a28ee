import { lockModeOf } from '../parts.js';
import { officeUrl } from '../settings.js';
/** What the office says when every worker listens. */
export function banner(settings, parts, port, keptWhere) {
    const url = officeUrl(settings.HOST, port).origin;
    const { about, scope } = lockModeOf(parts, settings);
    const { keptIn } = parts.stores[settings.STORE];
    const rows = [
        ['store', `${settings.STORE}`],
        ['lock mode', `${settings.LOCK_MODE}: ${about}`],
        [keptIn === 'folder' ? 'ticket file' : 'database', keptWhere],
        ['workers', `${settings.WORKERS}`],
        ['try', `${url}/search and ${url}/docs`],
    ];
    const lines = rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`);
    const oversells = scope === 'nothing' || (scope === 'process' && settings.WORKERS > 1);
    const warning = oversells ? ['', '  This will sell tickets twice. That is the point.'] : [];
    return `${[`Turnstile is open on ${url}`, '', ...lines, ...warning].join('\n')}\n`;
}
//# sourceMappingURL=banner.js.map