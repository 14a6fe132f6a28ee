import { Child, createFolder, removeFolder } from './child-process.js';
import { freePort } from './local-postgres.js';

const START_MS_MAX = 10_000;
const STOP_MS_MAX = 5_000;

/** The `redis-server` of this machine, on a free port, in a temporary folder. */
export class LocalRedis {
  readonly address: string;
  readonly #folder: string;
  readonly #child: Child;

  private constructor(port: number, settings: Readonly<Record<string, string>>) {
    this.#folder = createFolder();
    this.address = `redis://127.0.0.1:${port}`;
    // No snapshots: they make no single sale durable, and their fork would slow down a run.
    const all = { port: `${port}`, bind: '127.0.0.1', dir: this.#folder, save: '', ...settings };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    this.#child = new Child('redis-server', 'redis-server', args);
  }

  /** @throws Error when this machine has no `redis-server` */
  static async start(settings: Readonly<Record<string, string>>): Promise<LocalRedis> {
    const server = new LocalRedis(await freePort(), settings);
    try {
      await server.#child.waitUntil('ready', START_MS_MAX, () =>
        server.#child.output.includes('Ready to accept connections'),
      );
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.#child.stop('SIGTERM', STOP_MS_MAX);
    removeFolder(this.#folder);
  }
}
