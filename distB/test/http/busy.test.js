import { expect, test } from 'vitest';
import { anEvent } from '../support/folder.js';
import { expectProblem } from './expect-problem.js';
import { sharedOffice } from './shared-office.js';
const office = sharedOffice({
    env: { QUEUE_MAX: '2', RACE_WINDOW_MS: '300' },
    events: { gala: anEvent(10) },
});
test('who finds the queue full is told to come back, and sold nothing', async () => {
    const buys = Array.from({ length: 5 }, (_, index) => office().buy({ eventId: 'gala', customer: `buyer ${index}` }));
    const answers = await Promise.all(buys);
    const sold = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(sold).toHaveLength(2);
    for (const answer of refused)
        await expectProblem(answer, 503, 'busy');
    expect(office().receipts()).toHaveLength(2);
    expect(await office().remaining('gala')).toBe(8);
    expect((await office().buy({ eventId: 'gala', customer: 'patient' })).status).toBe(201);
});
//# sourceMappingURL=busy.test.js.map