import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode } from '../exit-codes.js';
import type { OutboxBackend } from '../outbox/backend.js';
import { createBackend } from '../outbox/create-backend.js';
import type { Progress } from '../outbox/progress.js';
import type { OutboxRequest } from '../outbox/requests.js';
import { readSettings, type Settings } from '../settings.js';
import { stores } from '../store/registry.js';
import { count, number } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { newCommand, printLine, runCommand } from './command.js';
import { type LocatedStore, locateStore } from './locate-store.js';

/** How long to wait for the server that delivers. */
const TAKEN_MS = 5_000;

const command = newCommand('outbox', 'Shows what was delivered to the webhook, and what was not.')
  .argument(
    '<what>',
    'status: what waits and what is parked; retry: deliver parked messages again, or go on after 410; skip: give a message up',
  )
  .argument('[id]', 'the id of a message; retry without one means all')
  .option('--all', 'skip: all parked messages')
  .addHelpText(
    'after',
    '\nExit code: 0 nothing is parked, or the request was taken; 1 something is parked or stopped; 2 bad argument; 5 no database.',
  );

await runCommand(command, async () => {
  const [what, id] = command.processedArgs as [string, string?];
  const settings = readSettings();
  const located = await locateStore(settings);
  const backend = await openBackend(located, settings);
  try {
    const progress = await backend.read();
    if (progress === undefined) throw new UserError(`${located.shown} has had no webhook yet`);
    if (what === 'status') return showStatus(progress);
    return await ask(backend, requestOf(what, id));
  } finally {
    await backend.close();
  }
});

async function openBackend(
  { store, location }: LocatedStore,
  { ORDER_SECRET: orderSecret, DATABASE_WAIT_S }: Settings,
): Promise<OutboxBackend> {
  if (stores[store].storedIn === 'database') {
    const { withDatabase } = await import('../store/postgres/connect.js');
    await withDatabase(location, DATABASE_WAIT_S * 1000, async () => {}); // with its errors for people
  }
  return createBackend({ store, location, durable: true, orderSecret });
}

function requestOf(what: string, id: string | undefined): OutboxRequest {
  const { all } = command.opts<{ all?: true }>();
  const chosen = id === undefined ? {} : { id };
  if (what === 'retry') return { kind: 'retry', ...chosen };
  if (what !== 'skip') {
    throw new UserError(`"${what}" is not an action: use status, retry or skip`);
  }
  if ((id === undefined) === (all === undefined)) {
    throw new UserError('skip needs the id of a message, or --all for all that are parked');
  }
  return { kind: 'skip', ...chosen };
}

async function ask(backend: OutboxBackend, request: OutboxRequest): Promise<number> {
  const name = await backend.requests.add(request);
  for (const deadline = performance.now() + TAKEN_MS; performance.now() < deadline; ) {
    await sleep(100);
    if (await backend.requests.has(name)) continue;
    printLine('Done.');
    return exitCode.ok;
  }
  printLine('No server delivers now. It is done when one does.');
  return exitCode.ok;
}

function showStatus({ delivered, stopped, backlog, redeliveries }: Progress): number {
  const parked = redeliveries.flatMap(({ parked, ...message }) =>
    parked === undefined ? [] : [{ ...message, ...parked, at: message.at }],
  );
  const { undelivered = 0, oldest, waiting = [] } = backlog ?? {};
  printLine(`delivered    ${number(delivered)}`);
  printLine(
    `undelivered  ${number(undelivered)}${oldest === undefined ? '' : `, the oldest since ${oldest}`}`,
  );
  printLine(`parked       ${number(parked.length)}`);
  if (stopped !== undefined) printLine('stopped: the receiver answered 410');
  const describe = (state: string, { id, type, eventId, at, tries, reason }: Described) =>
    printLine(
      `${state}  ${id}  ${type}  ${eventId}  ${at}  failed ${count(tries, 'time')}: ${reason}`,
    );
  for (const each of waiting) describe('waits ', each);
  for (const each of parked) describe('parked', each);
  return parked.length > 0 || stopped !== undefined ? exitCode.failed : exitCode.ok;
}

type Described = NonNullable<Progress['backlog']>['waiting'][number];
