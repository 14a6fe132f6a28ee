import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';

/** The most bytes that wait for the reader of a pipe or a terminal. */
const UNREAD_BYTES_MAX = 1024 * 1024;

/** How long an exit waits for the reader of a pipe or a terminal. */
const FLUSH_MS_MAX = 200;

type StandardStream = NodeJS.WriteStream & { readonly fd: number };

/** What Node has behind a terminal. */
type Terminal = { readonly _handle?: { setBlocking(blocking: boolean): number } };

/**
 * Writes to stdout or stderr, and never waits for the reader, never throws, and keeps a bounded number
 * of bytes. What finds no room, or cannot be written, is dropped and counted.
 */
export class BoundedOutput {
  readonly #stream: StandardStream;
  readonly #describeDrops: (dropped: number) => string;
  #dropped = 0;

  /** @param describeDrops what to write about dropped texts, as soon as there is room again */
  constructor(stream: NodeJS.WriteStream, describeDrops: (dropped: number) => string = () => '') {
    this.#stream = stream as StandardStream;
    this.#describeDrops = describeDrops;
  }

  write(text: string): void {
    if (this.#tryWrite(this.#describeAnyDrops() + text)) {
      this.#dropped = 0;
      return;
    }
    if (this.#dropped++ > 0) return;
    this.#stream.once('drain', () => {
      if (this.#tryWrite(this.#describeAnyDrops())) this.#dropped = 0;
    });
  }

  #describeAnyDrops(): string {
    return this.#dropped > 0 ? this.#describeDrops(this.#dropped) : '';
  }

  #tryWrite(text: string): boolean {
    const stream: Socket | StandardStream = this.#stream;
    const { fd } = this.#stream;
    if (stream instanceof Socket) {
      if (stream.writableLength + text.length > UNREAD_BYTES_MAX) return false;
      stream.write(text);
      return true;
    }
    try {
      writeSync(fd, text); // a stream would write no more after the first error: a full disk
      return true;
    } catch {
      return false;
    }
  }
}

/** Writes a result of the server. Dropped if stdout has no reader. */
export const writeStdout = (text: string): void => new BoundedOutput(process.stdout).write(text);

/** Writes a message of the server to people. Dropped if stderr has no reader. */
export const writeStderr = (text: string): void => new BoundedOutput(process.stderr).write(text);

/**
 * Makes a process independent of who reads its stdout and stderr: a reader that is gone (EPIPE), a
 * terminal that is closed (EIO) or a full disk does not end it, and a terminal that does not scroll
 * (Ctrl-S) does not stop it.
 */
export function surviveLostReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {});
    // Node makes writes to a terminal wait. (Those to a pipe do not.)
    if (stream.isTTY) (stream as Terminal)._handle?.setBlocking(false);
  }
  closeLostTerminalOnExit();
}

/** Node restores the settings of a terminal when it exits, and aborts if the terminal is gone. */
export function closeLostTerminalOnExit(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}

/** Exits once the output is written. It waits for the readers only for a moment. */
export function exitAfterOutput(code: number): void {
  const pending = new Set(
    [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0),
  );
  if (pending.size === 0) process.exit(code);
  for (const stream of pending) {
    stream.once('drain', () => {
      pending.delete(stream);
      if (pending.size === 0) process.exit(code);
    });
  }
  setTimeout(() => process.exit(code), FLUSH_MS_MAX);
}
