import { EventEmitter } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Channel, Gate } from '../../../src/lab/stepping/gate.js';
import { gateLock, nestLocks } from '../../../src/lab/stepping/gated-lock.js';
import type { SellerMessage } from '../../../src/lab/stepping/messages.js';
import { off } from '../../../src/lock/off.js';

function openGate() {
  const channel = new EventEmitter();
  const sent: SellerMessage[] = [];
  const send = (message: SellerMessage) => sent.push(message);
  const gate = new Gate(Object.assign(channel, { send }) as Channel);
  const go = async () => {
    channel.emit('message', { type: 'go' });
    await tick();
  };
  return { gate, sent, go };
}

const open = () => off.open({ path: '', recordPath: '', staleMs: 0, onWarning: () => {} });
const LATER = Number.POSITIVE_INFINITY;

describe('a gate', () => {
  test('holds a process before each step, and lets it make exactly one', async () => {
    const { gate, sent, go } = openGate();
    const made: string[] = [];
    const steps = (async () => {
      for (const step of ['read', 'decide']) {
        await gate.before(step);
        made.push(step);
        gate.believe(`after ${step}`);
      }
    })();
    await tick();
    expect(made).toEqual([]);
    await go();
    expect(made).toEqual(['read']);
    expect(sent).toEqual([
      { type: 'held', next: 'read' },
      { type: 'held', next: 'decide', believes: 'after read' },
    ]);
    await go();
    await go(); // a step too many is not saved for later
    await steps;
    const later = gate.before('write');
    expect(await Promise.race([later, tick('held')])).toBe('held');
  });
});

describe('a held lock', () => {
  test('is held before it is requested and before it is released, also when the section throws', async () => {
    const { gate, sent, go } = openGate();
    const lock = gateLock(await open(), gate);
    const failing = lock.run(() => Promise.reject(new Error('no')), LATER).catch(String);
    await go();
    await go();
    expect(await failing).toBe('Error: no');
    expect(sent.map(({ type, ...rest }) => [type, ...Object.values(rest)])).toEqual([
      ['held', 'lock'],
      ['waiting', 'the lock'],
      ['acquired', 'the lock'],
      ['held', 'unlock'],
      ['released', 'the lock'],
    ]);
  });

  test('is one of several: acquired in their order, released in the opposite one', async () => {
    const { gate, sent, go } = openGate();
    const locks = [gateLock(await open(), gate, 'east'), gateLock(await open(), gate, 'west')];
    const ran = nestLocks(locks).run(async () => 'sold', LATER);
    for (let step = 0; step < 4; step++) await go();
    expect(await ran).toBe('sold');
    expect(sent.flatMap((message) => (message.type === 'held' ? [message.next] : []))).toEqual([
      'lock east',
      'lock west',
      'unlock west',
      'unlock east',
    ]);
  });
});
