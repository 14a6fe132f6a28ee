import fc from 'fast-check';
import { expect } from 'vitest';
import { eventOf } from '../../../src/booking/inventory.js';
import type { Order, Result } from '../../../src/booking/outcomes.js';
import { includesSerial } from '../../../src/booking/serial-ranges.js';
import type { LedgerStore } from '../../../src/store/ledger/store.js';
import { commandOf, type Draw, draws, type Made } from '../../booking/commands.js';
import { fileOf, genesisLine } from './ledger-lines.js';
import { MemoryDisk } from './memory-disk.js';
import { openStore, sell } from './open-store.js';
import { afterPowerCut, losses, type Open } from './power-cut.js';

/** Carries out commands one after the other, and copies the disk when this many file calls were made. */
async function playUntil(calls: number, script: readonly Draw[], open: Open) {
  const answered: Result[] = [];
  const made: Made = { holds: [], orders: [] };
  let callsMade = 0;
  const copyDisk = () => ({ bytes: disk.bytes, synced: disk.synced, answered: [...answered] });
  let atPowerCut: ReturnType<typeof copyDisk> | undefined;
  const disk = new MemoryDisk(fileOf(genesisLine()), async () => {
    if (++callsMade === calls) atPowerCut = copyDisk();
  });
  const store = await open(disk.open());
  let holds = 0;
  for (const draw of script) {
    if (draw.kind === 'removeEvent') continue; // nothing would be left to look at
    const command = commandOf({ ...draw, seconds: 600 }, made, () => `h${++holds}`);
    const [result] = await sell(store, command);
    if (result === undefined) continue;
    answered.push(result);
    if (result.kind === 'held') made.holds.push(result.holdId);
    if (result.kind === 'sold') made.orders.push(result);
  }
  return atPowerCut ?? copyDisk();
}

/** Whether what a client was answered is still true. */
async function isTrue(store: LedgerStore, result: Result): Promise<boolean> {
  const { state } = await store.search();
  const event = 'eventId' in result ? eventOf(state, result.eventId) : undefined;
  switch (result.kind) {
    case 'sold':
      return (await store.find((result as Order).orderId)) !== undefined;
    case 'held':
      return (
        state.holds?.[result.holdId] !== undefined ||
        (await store.findEndedHold(result.holdId)) !== undefined
      );
    case 'released':
      return (await store.findEndedHold(result.holdId))?.end === 'released';
    case 'cancelled':
      return includesSerial(event?.cancelled ?? [], result.serials[0] ?? 0);
    case 'admitted':
      return (await store.findTicket(result.eventId, result.serial))?.admission !== undefined;
    case 'saved':
      return (event?.revision ?? 0) >= result.event.revision;
    default:
      return true; // it was refused, which later commands may have changed
  }
}

/**
 * One writer carries out commands of every verb, the power is cut, and any part of the unsynced bytes is
 * lost. What clients were answered must still be true, and the next writer can go on.
 */
export const crashOfVerbs = (open: Open = openStore) =>
  fc.asyncProperty(
    fc.array(draws, { minLength: 5, maxLength: 25, size: 'max' }),
    fc.integer({ min: 1, max: 150 }),
    losses,
    async (script, calls, loss) => {
      const atPowerCut = await playUntil(calls, script, open);
      const disk = new MemoryDisk(afterPowerCut(atPowerCut, loss));
      const store = await openStore(disk.open());
      for (const result of atPowerCut.answered) {
        expect(await isTrue(store, result), JSON.stringify(result)).toBe(true);
      }
      const [sold] = await sell(store, { kind: 'expireHolds' });
      expect(sold?.kind).toBe('expired');
    },
  );
