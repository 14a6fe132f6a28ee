import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { messageId } from '../../src/outbox/message.js';
import { Sender, type SenderOptions } from '../../src/outbox/sender.js';
import { type Answer, WebhookReceiver, webhookSecret } from '../support/webhook-receiver.js';

const message = {
  id: messageId('a commit', 0),
  type: 'order.created' as const,
  eventId: 'gala',
  at: '2027-01-01T00:00:00.000Z',
  data: { orderId: 'one', customer: 'Zoë' },
};

function newSender(url: string, options: Partial<SenderOptions> = {}): Sender {
  const sender = new Sender({ url, secret: webhookSecret, allowPrivate: true, ...options });
  onTestFinished(() => sender.close());
  return sender;
}

async function sendTo(answer: Answer, options?: Partial<SenderOptions>) {
  const receiver = await WebhookReceiver.startForTest(answer);
  return { receiver, result: await newSender(receiver.url, options).send(message) };
}

const status =
  (code: number, headers = {}): Answer =>
  (_message, response) =>
    void response.writeHead(code, headers).end();

describe('a delivery', () => {
  test('is signed, and says what happened', async () => {
    const { receiver, result } = await sendTo(status(200));
    expect(result).toEqual({ kind: 'delivered' });
    const { id, type, at: timestamp, data } = message;
    expect(receiver.accepted).toEqual([{ id, type, timestamp, data }]);
    expect(receiver.unsigned).toBe(0);
  });

  test('negative control: with another secret it is rejected', async () => {
    const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
    const { receiver, result } = await sendTo(status(200), { secret });
    expect(result).toMatchObject({ kind: 'failed', reason: 'the receiver answered 401' });
    expect(receiver.unsigned).toBe(1);
  });

  test('has a signature that the published vectors of the library would have', () => {
    // From the specification of Standard Webhooks: payload, id, time, secret, signature.
    const webhook = new Webhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const at = new Date(1614265330 * 1000);
    expect(webhook.sign('msg_p5jXN8AQM9LWM0D4loKWxJek', at, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  test.each([
    [410, { kind: 'gone' }],
    [500, { kind: 'failed', reason: 'the receiver answered 500', retryAfterMs: undefined }],
    [404, { kind: 'failed', reason: 'the receiver answered 404', retryAfterMs: undefined }],
  ])('that is answered %i', async (code, result) => {
    expect((await sendTo(status(code))).result).toEqual(result);
  });

  test('that is answered with Retry-After waits as long', async () => {
    const { result } = await sendTo(status(503, { 'retry-after': '7' }));
    expect(result).toMatchObject({ kind: 'failed', retryAfterMs: 7_000 });
  });

  test('follows no redirect', async () => {
    const elsewhere = await WebhookReceiver.startForTest();
    const { result } = await sendTo(status(307, { location: elsewhere.url }));
    expect(result).toMatchObject({ kind: 'failed', reason: 'the receiver answered 307' });
    expect(elsewhere.attempts).toBe(0);
  });

  test('that is never answered fails in time', async () => {
    const { result } = await sendTo(() => {}, { timeoutMs: 50 });
    expect(result).toEqual({ kind: 'failed', reason: 'no answer within 50 ms' });
  });

  test('to a receiver that switches protocols fails', async () => {
    const { result } = await sendTo((_message, { socket }) => {
      socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    });
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringMatching('closed') });
  });

  test('is not spoilt by an answer without end', async () => {
    const endless: Answer = (_message, response) => {
      response.writeHead(200);
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      };
      response.on('drain', write);
      write();
    };
    const { receiver, result } = await sendTo(endless);
    expect(result).toEqual({ kind: 'delivered' });
    await expect.poll(() => receiver.accepted.length).toBe(1); // the connection was closed
  });

  test('to a private address is refused before a connection is made', async () => {
    const { receiver, result } = await sendTo(status(200), { allowPrivate: false });
    expect(result).toMatchObject({ kind: 'failed' });
    expect(receiver.attempts).toBe(0);
  });

  test('to a name of this machine is refused, too', async () => {
    const receiver = await WebhookReceiver.startForTest();
    const url = receiver.url.replace('127.0.0.1', 'localhost');
    const result = await newSender(url, { allowPrivate: false }).send(message);
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringMatching('private') });
    expect(receiver.attempts).toBe(0);
  });

  test('ends when the sender is closed', async () => {
    const receiver = await WebhookReceiver.startForTest(() => {});
    const sender = newSender(receiver.url);
    const result = sender.send(message);
    await expect.poll(() => receiver.attempts).toBe(1);
    sender.close();
    expect(await result).toMatchObject({ kind: 'failed' });
  });
});
