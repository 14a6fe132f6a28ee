import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { Webhook } from 'standardwebhooks';
import { publicLookup, rejectPrivateHost } from './address-check.js';
import { bodyOf, type OutboxMessage } from './message.js';

/** What became of one delivery. */
export type DeliveryResult =
  | { readonly kind: 'delivered' }
  /** The receiver wants no messages any more: 410. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** How long the receiver asked to wait. */
      readonly retryAfterMs?: number | undefined;
    };

export interface SenderOptions {
  readonly url: string;
  /** `whsec_…`, the key of the signatures. */
  readonly secret: string;
  readonly allowPrivate: boolean;
  /** How long a delivery may take, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Deliveries at once, and so connections. */
export const DELIVERIES_MAX = 8;

const TIMEOUT_MS = 10_000;

/** Of an answer only the status counts. A longer body ends the connection. */
const BODY_BYTES_MAX = 64 * 1024;

/** Delivers messages to one URL, in the format of Standard Webhooks. It follows no redirects. */
export class Sender {
  readonly #url: URL;
  readonly #webhook: Webhook;
  readonly #allowPrivate: boolean;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent;
  readonly #underWay = new Set<ClientRequest>();

  constructor({ url, secret, allowPrivate, timeoutMs = TIMEOUT_MS }: SenderOptions) {
    this.#url = new URL(url);
    this.#webhook = new Webhook(secret);
    this.#allowPrivate = allowPrivate;
    this.#timeoutMs = timeoutMs;
    const Agent = this.#url.protocol === 'https:' ? HttpsAgent : HttpAgent;
    this.#agent = new Agent({ keepAlive: true, maxSockets: DELIVERIES_MAX });
  }

  /** Delivers a message once. It never throws. */
  async send(message: Omit<OutboxMessage, 'position'>): Promise<DeliveryResult> {
    try {
      if (!this.#allowPrivate) rejectPrivateHost(this.#url);
      return await this.#post(message.id, bodyOf(message));
    } catch (error) {
      return { kind: 'failed', reason: reasonOf(error) };
    }
  }

  /** Ends what is under way. */
  close(): void {
    for (const request of this.#underWay) request.destroy();
    this.#agent.destroy();
  }

  #post(id: string, body: string): Promise<DeliveryResult> {
    const now = new Date();
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'turnstile',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': this.#webhook.sign(id, now, body),
    };
    const request = this.#url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const sent = request(this.#url, {
        method: 'POST',
        headers,
        agent: this.#agent,
        ...(!this.#allowPrivate && { lookup: publicLookup() }),
      });
      this.#underWay.add(sent);
      // For all of it: a receiver may also be slow to take the body, or to send its own.
      const timer = setTimeout(() => {
        sent.destroy(new Error(`no answer within ${this.#timeoutMs} ms`));
      }, this.#timeoutMs);
      sent.on('close', () => {
        clearTimeout(timer);
        this.#underWay.delete(sent);
        // After an answer this changes nothing. A receiver that switches protocols (101) gives none.
        reject(new Error('the connection was closed without an answer'));
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let bytes = 0;
        response.on('error', () => {}); // the status has arrived
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > BODY_BYTES_MAX) response.destroy();
        });
        resolve(resultOf(response.statusCode ?? 0, response.headers['retry-after']));
      });
      sent.end(body);
    });
  }
}

function resultOf(status: number, retryAfter: string | undefined): DeliveryResult {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'gone' };
  const retryAfterMs = parseRetryAfter(retryAfter, Date.now());
  return { kind: 'failed', reason: `the receiver answered ${status}`, retryAfterMs };
}

/** Milliseconds until the moment of a `Retry-After`, which has seconds or a date. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return ms > 0 ? ms : undefined;
}

function reasonOf(error: unknown): string {
  // A name with several addresses fails with one error for each; the first says enough.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = first as NodeJS.ErrnoException;
  return message || code || 'no connection';
}
