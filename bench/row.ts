import type { SalesHistory } from '../src/booking/store.js';
import type { SettingName } from '../src/settings.js';
import type { ServerName } from './servers.js';

/** One thing that is measured: a row of the table. */
export interface Row {
  readonly name: string;
  /** How it is set up, for people, where the name does not say it. */
  readonly about?: string;
  /** Whether a sale survives a power cut; nothing is said of what sells nothing. */
  readonly durable?: boolean;
  /** The built program, from the root of the built files, and what it is called with. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly settings: { readonly [Name in SettingName]?: string };
  /** Reads what was sold, from the folder or the address; the ceiling keeps nothing. */
  readonly evidence?: (place: string) => Promise<SalesHistory>;
  /** The server that it sells from, which is started for it. */
  readonly server?: ServerName;
  /** The package that it needs beside those of the project. */
  readonly package?: string;
  /** Whether the benchmark goes on without it. */
  readonly optional?: true;
  /** Whether it tells how long its event loop is held up. */
  readonly probed?: true;
  /** Whether anything but a verdict that holds is a failure. */
  readonly mustHold: boolean;
}

export const ceilingName = 'ceiling';

/** The row cannot be measured here, and why. */
export class NotRunError extends Error {
  override readonly name = 'NotRunError';
}
