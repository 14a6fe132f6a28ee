import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode } from '../exit-codes.js';
import type { OutboxBackend } from '../outbox/backend.js';
import { createBackend } from '../outbox/create-backend.js';
import { FAILED_SHOWN_MAX } from '../outbox/follower.js';
import type { Progress } from '../outbox/progress.js';
import type { OutboxRequest } from '../outbox/requests.js';
import { readSettings } from '../settings.js';
import { count, number } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { newCommand, printable, printLine, runCommand } from './command.js';
import { locateStore } from './locate-store.js';

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
  const { store, location } = located;
  const { ORDER_SECRET: orderSecret } = settings;
  const backend = await createBackend({ store, location, durable: true, orderSecret });
  try {
    const progress = await backend.read();
    if (progress === undefined) throw new UserError(`${located.shown} has had no webhook yet`);
    if (what === 'status') return showStatus(progress);
    const request = requestOf(what, id);
    if (id !== undefined) requireKnown(id, progress);
    return await leave(backend, request);
  } finally {
    await backend.close();
  }
});

/** @throws UserError for a message that neither waits nor is parked: asked for, it would seem to be done */
function requireKnown(id: string, { backlog, redeliveries }: Progress): void {
  const waiting = backlog?.waiting ?? [];
  const isKnown = [...waiting, ...redeliveries].some((each) => each.id === id);
  if (isKnown || waiting.length >= FAILED_SHOWN_MAX) return; // of more, not all are saved
  throw new UserError(`no message ${JSON.stringify(id)} has failed or is parked, see: status`);
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

async function leave(backend: OutboxBackend, request: OutboxRequest): Promise<number> {
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
      `${state}  ${id}  ${type}  ${eventId}  ${at}  failed ${count(tries, 'time')}: ${printable(reason)}`,
    );
  for (const each of waiting) describe('waits ', each);
  for (const each of parked) describe('parked', each);
  return parked.length > 0 || stopped !== undefined ? exitCode.failed : exitCode.ok;
}

type Described = NonNullable<Progress['backlog']>['waiting'][number];
