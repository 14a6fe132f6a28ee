import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from './support/processes.js';
const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
/** What the README tells a reader to type, in order. */
const commands = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])));
/** A copy of the project, as a clone would be, whose office listens on a port of its own. */
const place = mkdtempSync(join(tmpdir(), 'turnstile-readme-'));
let port = 0;
let office;
beforeAll(async () => {
    for (const name of [
        ...['package.json', 'tsconfig.json', 'tsconfig.web.json'],
        ...['src', 'bench', 'data/tickets.seed.json'],
    ]) {
        const filter = (path) => !path.endsWith('node_modules'); // a clone has none, either
        cpSync(join(root, name), join(place, name), { recursive: true, filter });
    }
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = server.address().port;
    server.close();
});
afterAll(async () => {
    await stopOffice();
    rmSync(place, { recursive: true, force: true });
});
function shell(command) {
    return spawn('sh', ['-c', command], {
        cwd: place,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), LOG_LEVEL: 'warn' },
        detached: true, // a group of its own, so that it can be ended as a terminal would
        stdio: ['ignore', 'pipe', 'inherit'],
    });
}
async function type(command) {
    const child = shell(command.replaceAll(':3000', `:${port}`));
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
        stdout += text;
    });
    const [code] = await once(child, 'close');
    return { code, stdout };
}
/** Types a command that starts an office, and waits until it is open. */
async function startOffice(command) {
    office = shell(command);
    let stdout = '';
    office.stdout?.setEncoding('utf8').on('data', (text) => {
        stdout += text;
    });
    await until('the office opens', () => stdout.includes(`open on http://127.0.0.1:${port}`), 30_000);
}
/** Ctrl-C: every process of the group is signalled. */
async function stopOffice() {
    if (office?.pid === undefined || office.exitCode !== null)
        return;
    const closed = once(office, 'close');
    process.kill(-office.pid, 'SIGINT');
    await closed;
}
describe('the README', () => {
    test('has the commands that this test knows how to type, in this order', () => {
        expect(commands.map((command) => command.split(' -d ')[0])).toEqual([
            'npm ci && npm start',
            'npm ci && npm test',
            'LOCK_MODE=off npm start',
            'npm run race',
            'npm run verdict',
            'npm run reset -- --yes',
            'npm start',
            'npm run race',
            'npm run verdict',
            "curl 'http://127.0.0.1:3000/search?q=jazz'",
            "curl http://127.0.0.1:3000/buy -H 'content-type: application/json'",
            'curl http://127.0.0.1:3000/orders/1cq-5fpoS2cLkEVGmFzS',
            'curl http://127.0.0.1:3000/verdict',
        ]);
    });
    test('keeps its promise of the first minute', async () => {
        await startOffice('LOCK_MODE=off npm start');
        const wrong = await type('npm run race');
        expect(wrong.stdout).toMatch(/BROKEN: \d+ buyers were told "sold", and there were 100 tickets/);
        expect(wrong.code).toBe(1);
        await stopOffice();
        expect((await type('npm run verdict')).code).toBe(1);
        expect((await type('npm run reset -- --yes')).code).toBe(0);
        await startOffice('npm start');
        const right = await type('npm run race');
        expect(right.stdout).toContain('HOLDS: exactly 100 tickets were sold, each of them once.');
        expect(right.code).toBe(0);
        expect((await type('npm run verdict')).code).toBe(0);
    }, 120_000);
    test('sells tickets as it shows', async () => {
        const [search, buy, , verdict] = commands.slice(-4);
        expect(await (await curl(search)).json()).toMatchObject({ events: [{ id: 'harbour-jazz' }] });
        const response = await curl(buy);
        const sale = (await response.json());
        expect(response.status).toBe(201);
        const shown = JSON.parse(/^\{"orderId.*$/m.exec(readme)?.[0] ?? '{}');
        expect(Object.keys(sale)).toEqual(Object.keys(shown));
        expect(sale).toMatchObject({ eventId: shown.eventId, serials: shown.serials });
        const order = await fetch(`http://127.0.0.1:${port}/orders/${sale.orderId}`);
        expect(await order.json()).toMatchObject({ orderId: sale.orderId, customer: 'Ada' });
        expect(await (await curl(verdict)).json()).toMatchObject({ verdict: 'holds' });
    });
});
/** What curl would do, for the few forms that the README uses: not every machine has it. */
function curl(command) {
    const url = /http:\S+?(?='|\s|$)/.exec(command)?.[0].replace(':3000', `:${port}`) ?? '';
    const header = /-H '([^:]+): ([^']+)'/.exec(command);
    const body = /-d '([^']+)'/.exec(command)?.[1];
    const headers = header ? { [header[1] ?? '']: header[2] ?? '' } : {};
    return fetch(url, body === undefined ? { headers } : { method: 'POST', headers, body });
}
//# sourceMappingURL=readme.test.js.map