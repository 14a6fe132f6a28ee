import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/processes.js';
import type { TestServer } from '../support/test-server.js';

/** Long enough for several polls of the store. */
const HEARD_MS = 1_000;

/**
 * Waits until streams hear of sales. A stream sends what changed since its first poll, which comes soon
 * after its beginning: a sale before that is not sent. So this sells a ticket of an event until each
 * stream has been sent a count of it.
 *
 * @param received what each stream has received so far
 */
export async function untilSalesAreHeard(
  server: TestServer,
  eventId: string,
  ...received: readonly (() => string)[]
): Promise<void> {
  const isHeard = () => received.every((text) => text().includes(`"${eventId}":`));
  await until(`sales of ${eventId} are heard`, async () => {
    await (await server.buy({ eventId, customer: 'Ada' })).arrayBuffer();
    for (let waited = 0; waited < HEARD_MS && !isHeard(); waited += 20) await sleep(20);
    return isHeard();
  });
}
