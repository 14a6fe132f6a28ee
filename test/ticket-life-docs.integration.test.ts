import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sharedServer } from './http/shared-server.js';
import type { TestServer } from './support/test-server.js';

const page = readFileSync(new URL('../docs/HTTP-API.md', import.meta.url), 'utf8');
const section = /\n## A ticket's life, by curl\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';

/** The commands of the section, each with the answer that is shown below it, if there is one. */
const commands = [...section.matchAll(/^\$ (curl .*)\n(\{.*)?/gm)].map(
  ([, command = '', shown]) => ({ command, shown }),
);

/** What the reader puts in place of these words: what the newest answer said. */
const own: Record<string, string> = { HOLD_ID: '', ORDER_ID: '', TICKET_CODE: '' };

/** Does what curl does with the options of this page: not every machine has curl. */
async function curl(
  server: TestServer,
  command: string,
): Promise<{ status: number; text: string }> {
  const filled = command.replace(/HOLD_ID|ORDER_ID|TICKET_CODE/g, (word) => own[word] ?? '');
  const [, path = ''] = /http:\/\/127\.0\.0\.1:3000(\S*?)(?='|\s|$)/.exec(filled) ?? [];
  const body = /-d '([^']+)'/.exec(filled)?.[1];
  const headers = [...filled.matchAll(/-H '([^:]+): ([^']+)'/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );
  const method = /-X (\w+)/.exec(filled)?.[1] ?? (body === undefined ? 'GET' : 'POST');
  const answer = await server.fetch(path, { method, headers, ...(body && { body }) });
  const text = await answer.text();
  const found = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  own.HOLD_ID = found.holdId ?? own.HOLD_ID;
  own.ORDER_ID = found.orderId ?? own.ORDER_ID;
  own.TICKET_CODE = found.tickets?.[0]?.code ?? own.TICKET_CODE;
  return { status: answer.status, text };
}

const stores = {
  json: {},
  postgres: { STORE: 'postgres', ORDER_SECRET: 'a secret of all servers' },
};

describe.each(Object.entries(stores))('with %s', (_store, env) => {
  const server = sharedServer({ env: { WORKERS: '2', ...env } });

  test('the commands of "A ticket\'s life, by curl" do what the page says', async () => {
    const answers: { status: number; text: string }[] = [];
    for (const { command, shown } of commands) {
      const answer = await curl(server(), command);
      answers.push(answer);
      if (shown === undefined) continue;
      expect(Object.keys(JSON.parse(answer.text))).toEqual(Object.keys(JSON.parse(shown)));
    }
    expect(answers.map(({ status }) => status)).toEqual([
      ...[201, 201], // created, held
      ...[201, 200, 200], // confirmed, found, cancelled
      ...[201, 200], // bought, read
      ...[201, 409], // admitted, and not twice
      ...[200, 412], // changed, and not overwritten
      200, // exported
    ]);
    const [created, held, order, search, cancelled, bought, read, inside, again, , stale, csv] =
      answers.map(({ text }) => (text.startsWith('{') ? JSON.parse(text) : text));
    const [shownEvent] = commands.map(({ shown }) => shown);
    expect(created).toEqual(JSON.parse(shownEvent ?? '{}'));
    expect(held).toMatchObject({ quantity: 2, remaining: 0 });
    expect(order).toMatchObject({ serials: [1, 2], status: 'valid', total: { amount: 3600 } });
    expect(search).toMatchObject({ events: [{ id: 'pier-night', remaining: 0 }] });
    expect(cancelled).toMatchObject({ orderId: order.orderId, status: 'cancelled' });
    expect(bought).toMatchObject({ serials: [3], remaining: 1 });
    expect(read).toMatchObject({ orderId: bought.orderId, tickets: [{ serial: 3 }] });
    expect(inside).toMatchObject({ serial: 3, customer: 'Bob', door: 'operator' });
    expect(again).toMatchObject({ admittedAt: inside.admittedAt, door: 'operator' });
    expect(stale).toMatchObject({ type: '/problems/revision-mismatch', revision: 2 });
    expect(csv).toContain(`${bought.orderId},pier-night,Bob,1,3,1800,GBP,valid,`);
    expect(csv).toContain(`${order.orderId},pier-night,Ada,2,1 2,3600,GBP,cancelled,`);
    expect(await (await server().fetch('/verdict')).json()).toMatchObject({ verdict: 'holds' });
  });
});
