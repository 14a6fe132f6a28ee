import type { TicketState } from '../../booking/inventory.js';
import { delegateTo, type Store } from '../../booking/store.js';
import type { StoreOptions } from '../../store/driver.js';
import { openFiles } from '../../store/json/driver.js';
import { JsonStore, type JsonStoreOptions } from '../../store/json/store.js';
import { openLedger } from '../../store/ledger/driver.js';
import type { LedgerFile } from '../../store/ledger/ledger-file.js';
import { isSale } from '../../store/ledger/ops.js';
import { LedgerStore, type LedgerStoreOptions } from '../../store/ledger/store.js';
import { count } from '../../timeline/format.js';
import type { Gate } from './gate.js';

type OpenHeld = (options: StoreOptions, eventId: string, gate: Gate) => Promise<Store>;

/** The stores that can be stepped. The wrapped files hold the process; `sell` is the usual one. */
export const heldStores: Readonly<Record<string, OpenHeld>> = {
  async json(options, eventId, gate) {
    const files = await openFiles(options);
    return new JsonStore({ ...files, ...holdFiles(files, eventId, gate) });
  },

  async ledger(options, eventId, gate) {
    const parts = await openLedger(options, (file) => holdFile(file, gate));
    const store = new LedgerStore({ ...parts, selling: holdLedger(parts, eventId, gate) });
    return holdAnswer(store, gate);
  },
};

/** `sell`: a level about locks has no need of the steps inside. */
export const holdSale = (store: Store, gate: Gate): Store =>
  delegateTo(store, {
    async sell(commands) {
      await gate.before('sell');
      return store.sell(commands);
    },
  });

/** `read`, `decide`, `write` and `tell` of the json store. */
function holdFiles(
  { tickets, receipts }: Pick<JsonStoreOptions, 'tickets' | 'receipts'>,
  eventId: string,
  gate: Gate,
): Pick<JsonStoreOptions, 'tickets' | 'receipts'> {
  return {
    tickets: {
      async read() {
        await gate.before('read');
        const state = await tickets.read();
        gate.believe(leftIn(state, eventId));
        await gate.before('decide');
        return state;
      },
      async replace(after) {
        const { issued = 0, remaining = 0 } = after.events[eventId] ?? {};
        gate.believe(`it sells ticket ${issued}, ${remaining} left`);
        await gate.before('write');
        await tickets.replace(after);
      },
      snapshot: () => tickets.snapshot(),
    },
    receipts: {
      async append(outcomes, at) {
        if (outcomes.every(({ kind }) => kind !== 'sold')) gate.believe('sold out');
        await gate.before('tell');
        return receipts.append(outcomes, at);
      },
      find: (orderId) => receipts.find(orderId),
      close: () => receipts.close(),
    },
  };
}

/** `read`, `decide` and `write` of the ledger store. */
const holdLedger = (
  { ledger, selling }: Pick<LedgerStoreOptions, 'ledger' | 'selling'>,
  eventId: string,
  gate: Gate,
): LedgerStoreOptions['selling'] => ({
  async catchUp() {
    await gate.before('read');
    await selling.catchUp();
    gate.believe(leftIn(ledger.state, eventId));
    await gate.before('decide');
  },
  async append(decided, head) {
    const { first, left } = decided.ops.find(isSale) ?? { first: 0, left: 0 };
    gate.believe(`it sells ticket ${first}, ${left} left, after commit ${head.seq}`);
    await gate.before('write');
    const counted = await selling.append(decided, head);
    gate.believe(
      counted === undefined
        ? 'its line does not count: another process came first'
        : `its line counts: it sold ticket ${first}`,
    );
    return counted;
  },
});

/** `check`: a line was appended, and its writer has not seen yet whether it counts. */
const holdFile = (file: LedgerFile, gate: Gate): LedgerFile => ({
  read: (...args) => file.read(...args),
  async write(bytes) {
    const result = await file.write(bytes);
    await gate.before('check');
    return result;
  },
  datasync: () => file.datasync(),
  checkName: () => file.checkName(),
  close: () => file.close(),
});

/** `tell`: the line is on the disk, and the buyer has no answer yet. */
const holdAnswer = (store: Store, gate: Gate): Store =>
  delegateTo(store, {
    async sell(commands) {
      const { results, durable } = await store.sell(commands);
      if (results.every(({ kind }) => kind !== 'sold')) gate.believe('sold out');
      return { results, durable: durable.then(() => gate.before('tell')) };
    },
  });

function leftIn({ events }: TicketState, eventId: string): string {
  return `${count(events[eventId]?.remaining ?? 0, 'ticket')} left`;
}
