import type { EmitStep } from '../../booking/sale-steps.js';
import { isRecorded } from './receipt-lines.js';
import type { JsonStoreOptions } from './store.js';

/** Wraps the files of the json store so that every step of a sale is emitted. */
export function traceFiles(
  { tickets, receipts }: Pick<JsonStoreOptions, 'tickets' | 'receipts'>,
  emit: EmitStep,
): Pick<JsonStoreOptions, 'tickets' | 'receipts'> {
  return {
    tickets: {
      async read() {
        const state = await tickets.read();
        emit('loaded', { version: state.version });
        return state;
      },
      async replace(state) {
        emit('decided', { version: state.version });
        await tickets.replace(state);
        emit('replaced', { version: state.version });
      },
      snapshot: () => tickets.snapshot(),
    },
    receipts: {
      async append(outcomes, at) {
        const changed = outcomes.some(isRecorded);
        if (!changed) emit('decided', { version: outcomes[0]?.version ?? 0 });
        const sale = await receipts.append(outcomes, at);
        if (changed) emit('appended');
        return sale;
      },
      find: (orderId) => receipts.find(orderId),
      close: () => receipts.close(),
    },
  };
}
