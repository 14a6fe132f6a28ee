import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AppContext } from '../../src/http/app-context.js';
import { InventoryStream } from '../../src/http/inventory-stream.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A listener whose client reads nothing after the first `read` bytes. */
class Listener extends EventEmitter {
  readonly socket = new EventEmitter();
  writableLength = 0;
  ended = false;
  destroyed = false;
  readonly #reads: boolean;

  constructor(reads: boolean) {
    super();
    this.#reads = reads;
  }

  write(text: string): void {
    if (!this.#reads) this.writableLength += text.length;
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

let remaining = 100;
const context = {
  worker: 1,
  queue: { draining: false },
  store: {
    search: async () => ({
      tag: String(remaining),
      state: { version: 1, events: { gala: { remaining } } },
    }),
  },
} as unknown as AppContext;

function listen(reads: boolean): { stream: InventoryStream; listener: Listener } {
  const stream = new InventoryStream(context);
  const listener = new Listener(reads);
  stream.add(listener as unknown as ServerResponse);
  return { stream, listener };
}

test('a client that leaves bytes unread is disconnected after 10 s', async () => {
  const { listener } = listen(false);
  await vi.advanceTimersByTimeAsync(9_500);
  expect(listener.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(listener.destroyed).toBe(true);
});

test('a client with a large backlog is disconnected at once', async () => {
  const { listener } = listen(false);
  listener.writableLength = 300 * 1024;
  await vi.advanceTimersByTimeAsync(500);
  expect(listener.destroyed).toBe(true);
});

test('a client that reads keeps its stream for ten minutes, then has to reconnect', async () => {
  const { listener, stream } = listen(true);
  await vi.advanceTimersByTimeAsync(9 * 60_000);
  expect([listener.ended, listener.destroyed]).toEqual([false, false]);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(listener.ended).toBe(true);
  // A client that never reads does not close its side either.
  await vi.advanceTimersByTimeAsync(2_500);
  expect(listener.destroyed).toBe(true);
  stream.end();
});

test('a client that closes its side leaves', async () => {
  const { listener } = listen(true);
  listener.socket.emit('end');
  expect(listener.destroyed).toBe(true);
  remaining--;
});
