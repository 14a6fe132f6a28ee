import { decide } from '../../src/booking/decide.js';
import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
import { TicketFile } from '../../src/store/ticket-file.js';
/** How long a buyer has an answer before the receipt is noted. */
const LATE_MS = 100;
/** An office that answers first and notes later: a kill in between, and an answer has no receipt. */
const json = {
    ...parts.stores.json,
    async open(options) {
        const honest = await parts.stores.json.open(options);
        const tickets = new TicketFile(parts.stores.json.guardedFile(options.folder), false);
        return {
            remembersKeys: false,
            search: () => honest.search(),
            find: (orderId) => honest.find(orderId),
            history: () => honest.history(),
            close: () => honest.close(),
            async sell(buys, tell) {
                const { outcomes, after } = decide(await tickets.read(), buys);
                setTimeout(() => void honest.sell(buys, tell), LATE_MS);
                await tickets.replace(after);
                const told = outcomes.map((outcome) => ({ ...outcome, orderId: 'none yet' }));
                return { told, durable: Promise.resolve() };
            },
        };
    },
};
await runOffice({ ...parts, stores: { ...parts.stores, json } });
//# sourceMappingURL=forgetful-office.js.map