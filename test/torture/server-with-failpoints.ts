import type { TicketState } from '../../src/booking/inventory.js';
import { arm, type FailpointCommand } from '../support/failpoints.js';
import { until } from '../support/processes.js';
import type { TestServer } from '../support/test-server.js';
import type { Round } from './round.js';

/** A server whose processes have failpoints. */
export interface FailpointServer {
  readonly server: TestServer;
  /** Sends a command to one of its processes, and waits until the process has read it. */
  arm(pid: number, command: FailpointCommand): Promise<void>;
  /** Waits until the armed failpoint of this process has fired. */
  untilFired(pid: number, withinMs?: number): Promise<void>;
  /** Whether it has fired, or does so in the time that its line may take to arrive. */
  hasFired(pid: number): Promise<boolean>;
}

/** A failpoint writes its line to stderr before it acts. */
const LINE_MS_MAX = 5_000;

export interface FailpointServerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly events?: TicketState['events'];
  readonly folder?: string;
  /** A program with failpoints: the complete server, or a negative control. */
  readonly program?: string;
}

export async function startFailpointServer(
  round: Round,
  { env, ...options }: FailpointServerOptions,
): Promise<FailpointServer> {
  const commands = round.folder();
  const server = await round.server({
    program: 'test/programs/failpoints',
    ...options,
    env: { FAILPOINTS: commands, ...env },
  });
  const fired = (pid: number): number => server.stderr.split(`failpoint: ${pid} `).length - 1;
  const firedBefore = new Map<number, number>();
  const untilFired = (pid: number, withinMs?: number): Promise<void> =>
    until(
      `a failpoint of process ${pid} fires`,
      () => fired(pid) > (firedBefore.get(pid) ?? 0),
      withinMs,
    );
  return {
    server,
    async arm(pid, command) {
      firedBefore.set(pid, fired(pid));
      await arm(commands, pid, command);
    },
    untilFired,
    hasFired: (pid) =>
      untilFired(pid, LINE_MS_MAX).then(
        () => true,
        () => false,
      ),
  };
}
