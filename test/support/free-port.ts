import { resolvePort } from '../../src/cluster/listen-address.js';
import { readSettings } from '../../src/settings.js';

/** A port that is free, and that no process gets by chance before it is used. */
export const freePort = (): Promise<number> =>
  resolvePort(readSettings({ HOST: '127.0.0.1', PORT: '0' }));
