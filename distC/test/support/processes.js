import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
const running = new Set();
process.on('exit', () => {
    for (const child of running)
        child.kill('SIGKILL');
});
const root = fileURLToPath(new URL('../..', import.meta.url));
/** Where the built form lies; this file may be there itself. */
const dist = basename(root) === 'dist' ? root : join(root, 'dist');
/** Where the built form of a file of this project lies: `src/main`, `test/programs/x`. */
export const built = (path) => join(dist, `${path}.js`);
/** Starts a built program. Nothing of this process's environment but PATH reaches it. */
export function start(path, { args = [], env = {}, cwd } = {}) {
    const child = spawn(process.execPath, [built(path), ...args], {
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(cwd === undefined ? {} : { cwd }),
    });
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
    });
    const exited = once(child, 'exit');
    const ended = once(child, 'close').then(([code, signal]) => {
        running.delete(child);
        return { code, signal, stdout, stderr };
    });
    return { child, pid: child.pid ?? 0, stdout: () => stdout, stderr: () => stderr, exited, ended };
}
/** Runs a built program to its end, which comes within a minute or by force. */
export async function run(...parameters) {
    const { child, ended } = start(...parameters);
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
    try {
        return await ended;
    }
    finally {
        clearTimeout(late);
    }
}
/** Waits until something is true, and says what it waited for when it never is. */
export async function until(what, isTrue, withinMs = 15_000) {
    const deadline = performance.now() + withinMs;
    while (!(await isTrue())) {
        if (performance.now() > deadline)
            throw new Error(`waited ${withinMs} ms in vain: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
//# sourceMappingURL=processes.js.map