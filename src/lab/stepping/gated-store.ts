import type { Command } from '../../booking/commands.js';
import { delegateTo, type Store } from '../../booking/store.js';
import type { StoreOptions } from '../../store/driver.js';
import { openFiles } from '../../store/json/driver.js';
import { isRecorded } from '../../store/json/receipt-lines.js';
import { JsonStore, type JsonStoreOptions } from '../../store/json/store.js';
import { openLedger } from '../../store/ledger/driver.js';
import type { LedgerFile } from '../../store/ledger/ledger-file.js';
import { isSale } from '../../store/ledger/ops.js';
import { LedgerStore, type LedgerStoreOptions } from '../../store/ledger/store.js';
import type { Gate } from './gate.js';
import type { LevelCommand } from './level-commands.js';
import { whatItDecided, whatItRead, whyRefused } from './process-beliefs.js';

type OpenGated = (options: StoreOptions, given: LevelCommand, gate: Gate) => Promise<Store>;

/** The stores that can be stepped. The wrapped files hold the process; `sell` is the usual one. */
export const gatedStores: Readonly<Record<string, OpenGated>> = {
  async json(options, { command, now }, gate) {
    const files = await openFiles(options);
    const clock = now === undefined ? {} : { now: () => now };
    return new JsonStore({ ...files, ...clock, ...gateFiles(files, command, gate) });
  },

  async ledger(options, { command }, gate) {
    const parts = await openLedger(options, (file) => gateFile(file, gate));
    const store = new LedgerStore({ ...parts, selling: gateLedger(parts, command, gate) });
    return gateAnswer(store, gate);
  },
};

/** `sell`: a level about locks has no need of the steps inside. */
export const gateSale = (store: Store, gate: Gate): Store =>
  delegateTo(store, {
    async sell(commands) {
      await gate.before('sell');
      return store.sell(commands);
    },
  });

/** `read`, `decide`, `write` and `tell` of the json store. */
function gateFiles(
  { tickets, receipts }: Pick<JsonStoreOptions, 'tickets' | 'receipts'>,
  command: Command,
  gate: Gate,
): Pick<JsonStoreOptions, 'tickets' | 'receipts'> {
  return {
    tickets: {
      async read() {
        await gate.before('read');
        const state = await tickets.read();
        gate.believe(whatItRead(state, command));
        await gate.before('decide');
        return state;
      },
      async replace(after) {
        gate.believe(whatItDecided(after, command));
        await gate.before('write');
        await tickets.replace(after);
      },
      snapshot: () => tickets.snapshot(),
    },
    receipts: {
      async append(outcomes, at) {
        const [outcome] = outcomes;
        if (outcome !== undefined && !isRecorded(outcome)) gate.believe(whyRefused(outcome));
        await gate.before('tell');
        return receipts.append(outcomes, at);
      },
      find: (orderId) => receipts.find(orderId),
      close: () => receipts.close(),
    },
  };
}

/** `read`, `decide` and `write` of the ledger store. */
const gateLedger = (
  { ledger, selling }: Pick<LedgerStoreOptions, 'ledger' | 'selling'>,
  command: Command,
  gate: Gate,
): LedgerStoreOptions['selling'] => ({
  async catchUp() {
    await gate.before('read');
    await selling.catchUp();
    gate.believe(whatItRead(ledger.state, command));
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
const gateFile = (file: LedgerFile, gate: Gate): LedgerFile => ({
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
const gateAnswer = (store: Store, gate: Gate): Store =>
  delegateTo(store, {
    async sell(commands) {
      const { results, durable } = await store.sell(commands);
      if (results.every(({ kind }) => kind !== 'sold')) gate.believe('sold out');
      return { results, durable: durable.then(() => gate.before('tell')) };
    },
  });
