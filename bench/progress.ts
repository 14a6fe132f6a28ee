import { SingleBar } from 'cli-progress';
import { perSecond, type Run } from './load.js';

/** Says on stderr how far the benchmark is. */
export interface Progress {
  begin(steps: number): void;
  /** A step begins. */
  now(what: string): void;
  /** It is done. */
  done(run?: Run): void;
  end(): void;
}

/** A bar on a terminal, and a line for each step elsewhere. */
export const newProgress = (): Progress => (process.stderr.isTTY ? bar() : lines());

function bar(): Progress {
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

function lines(): Progress {
  let current = '';
  return {
    begin: () => {},
    now: (what) => {
      current = what;
    },
    done: (run) => {
      const speed = run === undefined ? '' : `: ${Math.round(perSecond(run))} /s`;
      process.stderr.write(`${current}${speed}\n`);
    },
    end: () => {},
  };
}
