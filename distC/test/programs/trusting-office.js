import { decide } from '../../src/booking/decide.js';
import { parts } from '../../src/parts.js';
import { TicketFile } from '../../src/store/ticket-file.js';
import { runFailingOffice } from '../support/run-failing-office.js';
/** An office that believes that what it wrote is there, all of it. Workers fail on order. */
const json = {
    ...parts.stores.json,
    async open(options) {
        const store = await parts.stores.json.open(options);
        const tickets = new TicketFile(parts.stores.json.guardedFile(options.folder), false);
        const sell = store.sell.bind(store);
        store.sell = async (buys, tell) => {
            const before = await tickets.read();
            return sell(buys, tell).catch(() => {
                const { outcomes } = decide(before, buys);
                const told = outcomes.map((outcome) => ({ ...outcome, orderId: 'of no receipt' }));
                return { told, durable: Promise.resolve() };
            });
        };
        return store;
    },
};
await runFailingOffice({ ...parts, stores: { ...parts.stores, json } });
//# sourceMappingURL=trusting-office.js.map