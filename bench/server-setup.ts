import type { SalesHistory } from '../src/booking/store.js';
import type { SettingName } from '../src/settings.js';
import type { StartData } from './start-data.js';

/** How one server of the benchmark is started. */
export interface ServerSetup {
  readonly name: string;
  /** Details for the report that the name leaves out. */
  readonly about?: string;
  /** The built program, from the root of the built files, and its arguments. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly workers: number;
  readonly settings: { readonly [Name in SettingName]?: string };
  /** Whether sales survive a power cut; missing where nothing is sold. */
  readonly durable?: boolean;
  /** Reads the sales from the server's folder or database, for the verdict. */
  readonly history?: (location: string) => Promise<SalesHistory>;
  /** Whether any verdict but `holds` is a failure. */
  readonly mustHold: boolean;
  /** A server that is started for it. */
  readonly database?: 'postgres' | 'redis, synced' | 'redis, in memory';
  /** The package of `bench/package.json` that it needs. */
  readonly package?: string;
  /** The row is left out when the server does not start. */
  readonly optional?: true;
  /** Bare Fastify answers no `/metrics`. */
  readonly hasMetrics?: false;
  /** What the folder holds at the start; the packaged events unless it is given. */
  readonly startData?: StartData;
}
