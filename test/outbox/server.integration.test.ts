import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { OutboxStatus } from '../../src/http/schemas.js';
import { eventsOf, newFolder, removeFolder } from '../support/folder.js';
import { built, run, start } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';
import { answerOk, WebhookReceiver, webhookSecret } from '../support/webhook-receiver.js';

const events = eventsOf(['a', 'b'], 1_000);

describe('a server with a webhook', () => {
  let receiver: WebhookReceiver;
  let server: TestServer;
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    const env = { ...receiver.env, WEBHOOK_TRIES_MAX: '2' };
    server = await TestServer.start({ env, events });
  });
  afterAll(async () => {
    await server.dispose();
    await receiver.close();
  });

  const buy = async (eventId: string) =>
    (await (await server.buy({ eventId, customer: 'Ada' })).json()) as { orderId: string };
  const outbox = (...args: string[]) =>
    run('src/cli/outbox', { env: { DATA_DIR: server.folder }, args });
  const status = async () => (await (await server.fetch('/outbox')).json()) as OutboxStatus;
  const metric = async (name: string) => {
    const text = await (await server.fetch('/metrics')).text();
    return Number(new RegExp(`^turnstile_outbox_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };

  test('delivers orders, and once more when asked to', async () => {
    const { orderId } = await buy('a');
    await expect.poll(() => receiver.orderIds).toEqual([orderId]);
    const resent = await server.fetch(`/orders/${orderId}/resend`, { method: 'POST' });
    expect([resent.status, await resent.json()]).toEqual([202, { orderId, status: 'queued' }]);
    await expect.poll(() => receiver.accepted.length).toBe(2);
    await expect.poll(async () => (await status()).delivered).toBe(2);
    expect(await status()).toMatchObject({ webhook: 'on', isFollowing: true, parkedCount: 0 });
    expect([await metric('following'), await metric('delivered_total')]).toEqual([1, 2]);
  });

  test('shows what it gave up, and delivers it when a command says so', async () => {
    // Of the other event, a message may still be repeated on a busy machine.
    receiver.answer = (message, response) =>
      message.data.eventId === 'b'
        ? void response.writeHead(500).end()
        : answerOk(message, response);
    const { orderId } = await buy('b');
    await expect.poll(() => metric('parked')).toBe(1);
    expect(server.stderr).toContain('a message is parked');
    await expect.poll(async () => (await outbox('status')).code).toBe(1);
    const { stdout } = await outbox('status');
    expect(stdout).toMatch(/^parked {7}1$/m);
    const [, id = ''] = /^parked {2}(msg_\S+) {2}order\.created {2}b {2}/m.exec(stdout) ?? [];
    receiver.answer = answerOk;
    expect(await outbox('retry', id)).toMatchObject({ code: 0, stdout: 'Done.\n', stderr: '' });
    await expect.poll(() => receiver.orderIds).toContain(orderId);
    await expect.poll(async () => (await outbox('status')).code).toBe(0);
  });

  test.each([
    [['skip'], 'skip needs the id of a message'],
    [['resend'], 'use status, retry or skip'],
  ])('the command %j is refused', async (args, message) => {
    const { code, stderr } = await outbox(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('a receiver that never answers', () => {
  test('delays no sale and no stop, and gets everything from the next start', async () => {
    const folder = newFolder(events);
    onTestFinished(() => removeFolder(folder));
    const receiver = await WebhookReceiver.startForTest(() => {});
    const server = await TestServer.startForTest({ folder, env: receiver.env });
    const ids: string[] = [];
    for (let buys = 0; buys < 50; buys++) {
      const answer = await server.buy({ eventId: buys % 2 ? 'a' : 'b', customer: 'Ada' });
      expect(answer.status).toBe(201);
      ids.push(((await answer.json()) as { orderId: string }).orderId);
    }
    await expect.poll(() => receiver.attempts).toBe(2); // one for each event
    const began = performance.now();
    const { code } = await server.stop();
    expect(code).toBe(0);
    expect(performance.now() - began).toBeLessThan(30_000); // some 6 s, if the machine is idle
    expect(receiver.attempts).toBe(2); // none was begun meanwhile

    receiver.answer = answerOk;
    await TestServer.startForTest({ folder, env: receiver.env });
    await expect.poll(() => [...receiver.orderIds].sort()).toEqual(ids.sort());
  });

  test('that answers during the stop has got the message', async () => {
    const folder = newFolder(events);
    onTestFinished(() => removeFolder(folder));
    const receiver = await WebhookReceiver.startForTest(async (message, response) => {
      await sleep(1_500);
      await answerOk(message, response);
    });
    const server = await TestServer.startForTest({ folder, env: receiver.env });
    await server.buy({ eventId: 'a', customer: 'Ada' });
    await expect.poll(() => receiver.attempts).toBe(1);
    await server.stop();
    const progress = JSON.parse(readFileSync(join(folder, 'outbox.json'), 'utf8'));
    expect([receiver.accepted.length, progress.delivered]).toEqual([1, 1]);
  });
});

/** A mail server that accepts everything. Resolves with its port and what it was sent. */
async function startMailServer(): Promise<{ port: number; received: () => string }> {
  let received = '';
  const server: Server = createServer((socket) => {
    socket.setEncoding('utf8').write('220 ready\r\n');
    let inData = false;
    socket.on('data', (text: string) => {
      received += text;
      if (inData && !received.endsWith('\r\n.\r\n')) return;
      const starts = !inData && text.startsWith('DATA');
      inData = starts;
      socket.write(starts ? '354 go on\r\n' : '250 ok\r\n');
    });
    socket.on('error', () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, received: () => received };
}

describe('the receiver of docs/OUTBOX.md', () => {
  test('sends a mail for each order', async () => {
    const page = readFileSync(new URL('../../docs/OUTBOX.md', import.meta.url), 'utf8');
    const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(33);
    const mail = await startMailServer();
    // Where imports find node_modules.
    const folder = mkdtempSync(join(dirname(built('src/main')), 'receiver-'));
    onTestFinished(() => removeFolder(folder));
    const announced = `${code.trim().replace(/\.listen\(9000, '127\.0\.0\.1'\);$/, '')}
      .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
    writeFileSync(join(folder, 'receiver.js'), announced.replace('1025', String(mail.port)));
    const receiver = start(join('src', basename(folder), 'receiver'), {
      env: { WEBHOOK_SECRET: webhookSecret },
    });
    onTestFinished(() => void receiver.child.kill('SIGKILL'));
    await expect.poll(() => receiver.stdout()).toMatch(/^\d+\n/);
    const server = await TestServer.startForTest({
      events,
      env: {
        WEBHOOK_URL: `http://127.0.0.1:${receiver.stdout().trim()}/`,
        WEBHOOK_SECRET: webhookSecret,
        WEBHOOK_ALLOW_PRIVATE: '1',
        WORKERS: '1',
      },
    });
    const answer = await server.buy({ eventId: 'a', customer: 'Ada', quantity: 2 });
    const { orderId } = (await answer.json()) as { orderId: string };
    await expect.poll(() => mail.received()).toContain(`Order ${orderId}: a, numbers 1,2`);
    const delivered = async () =>
      ((await (await server.fetch('/outbox')).json()) as OutboxStatus).delivered;
    await expect.poll(delivered).toBe(1);
  });
});
