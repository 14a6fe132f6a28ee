import type { TicketState } from '../../src/booking/inventory.js';
import { arm, type Order } from '../support/failpoints.js';
import type { TestServer } from '../support/office.js';
import { until } from '../support/processes.js';
import type { Round } from './round.js';

/** An office whose workers fail on order. */
export interface FailingOffice {
  readonly office: TestServer;
  /** Gives an order to one of its processes, and waits until it has it. */
  arm(pid: number, order: Order): Promise<void>;
  /** Waits until a failpoint of this process has gone off. */
  untilFailed(pid: number, withinMs?: number): Promise<void>;
}

export interface FailingOfficeOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly events?: TicketState['events'];
  readonly folder?: string;
  /** Another program that takes orders: a broken one. */
  readonly program?: string;
}

export async function failingOffice(
  round: Round,
  { env, ...options }: FailingOfficeOptions,
): Promise<FailingOffice> {
  const orders = round.folder();
  const office = await round.office({
    program: 'test/programs/failing-office',
    ...options,
    env: { FAILPOINTS: orders, ...env },
  });
  const failures = (pid: number): number => office.stderr.split(`failpoint: ${pid} `).length - 1;
  const armedAfter = new Map<number, number>();
  return {
    office,
    async arm(pid, order) {
      armedAfter.set(pid, failures(pid));
      await arm(orders, pid, order);
    },
    untilFailed: (pid, withinMs) =>
      until(`process ${pid} fails`, () => failures(pid) > (armedAfter.get(pid) ?? 0), withinMs),
  };
}
