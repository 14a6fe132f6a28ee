import { SingleBar } from 'cli-progress';
import { perSecond } from './load.js';
/** A bar on a terminal, and a line for each step elsewhere. */
export const newProgress = () => (process.stderr.isTTY ? bar() : lines());
function bar() {
    const drawn = new SingleBar({
        format: '{bar} {percentage}%  {what}',
        barCompleteChar: '━',
        barIncompleteChar: '┄',
        barsize: 32,
        stream: process.stderr,
        clearOnComplete: true,
        linewrap: true, // switched off, Ctrl-C would leave the terminal that way
    });
    process.once('exit', () => drawn.stop()); // Ctrl-C: the shell's prompt gets a line of its own
    return {
        begin: (steps) => drawn.start(steps, 0, { what: '' }),
        now: (what) => drawn.update({ what }),
        done: () => drawn.increment(),
        end: () => drawn.stop(),
    };
}
function lines() {
    let current = '';
    return {
        begin: () => { },
        now: (what) => {
            current = what;
        },
        done: (run) => {
            const speed = run === undefined ? '' : `: ${Math.round(perSecond(run))} /s`;
            process.stderr.write(`${current}${speed}\n`);
        },
        end: () => { },
    };
}
//# sourceMappingURL=progress.js.map