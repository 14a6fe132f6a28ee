import syncFs from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';
import type { Failpoints, FileCall } from './failpoints.js';

type Call = (this: unknown, ...parameters: unknown[]) => unknown;

/** A file call that an observer sees. */
export interface SeenCall {
  readonly call: FileCall;
  readonly path: string;
  /** The new name, of a rename or a link. */
  readonly target?: string;
  /** The number of the open file, from 1; 0 for a call by path. */
  readonly file: number;
  /** The bytes that a write passes on. */
  readonly bytes?: Buffer;
}

/** Called when a call begins. The function that it returns is called when that call has succeeded. */
export type CallObserver = (seen: SeenCall) => () => void;

/**
 * Patches this process's file calls so that they reach the failpoints.
 *
 * @param within only calls on files whose path contains this text
 * @param onCall observes every call that the failpoints let through
 * @returns undoes the patches
 */
export async function failingFiles(
  failpoints: Failpoints,
  within: string,
  onCall: CallObserver = () => () => {},
): Promise<() => void> {
  const undo: (() => void)[] = [];
  const patch = (target: object, name: string, make: (original: Call) => Call) => {
    const methods = target as Record<string, Call>;
    const original = methods[name] as Call;
    methods[name] = make(original);
    undo.push(() => {
      methods[name] = original;
    });
  };
  const isWatched = (path: unknown): boolean => String(path).includes(within);
  /** Open files by descriptor. */
  const openFiles = new Map<unknown, { readonly path: string; readonly file: number }>();
  let opened = 0;

  /**
   * Reaches the failpoints with a call on an open file.
   *
   * @returns the data to pass on, and what to do once the call has succeeded
   */
  const reachWith = (call: FileCall, seen: { path: string; file: number }, data: unknown) => {
    const point = failpoints.reach(call);
    const passed = point?.action === 'half' || point?.action === 'tear' ? halfOf(data) : data;
    const bytes = call.startsWith('write') ? { bytes: bytesOf(passed) } : {};
    const seenDone = onCall({ call, ...seen, ...bytes });
    const done = (): void => {
      seenDone();
      if (point?.action === 'tear') process.kill(process.pid, 'SIGKILL');
    };
    return { passed, done };
  };

  /** Reaches the failpoints with an open; the result takes the descriptor once the file is open. */
  const reachOpen = (path: string): ((descriptor: unknown) => void) => {
    failpoints.reach('open');
    const seen = { path, file: ++opened };
    const done = onCall({ call: 'open', ...seen });
    return (descriptor) => {
      done();
      openFiles.set(descriptor, seen);
    };
  };

  /** Reaches the failpoints with a rename or a link; the result is called once it has succeeded. */
  const reachRename = (call: 'rename' | 'link', parameters: readonly unknown[]): (() => void) => {
    failpoints.reach(call);
    const [path = '', target = ''] = parameters.map(String);
    return onCall({ call, path, target, file: 0 });
  };

  patch(fs, 'open', (original) => async (...parameters) => {
    if (!isWatched(parameters[0])) return original(...parameters);
    const isOpen = reachOpen(String(parameters[0]));
    const handle = (await original(...parameters)) as FileHandle;
    isOpen(handle.fd);
    return handle;
  });
  patch(syncFs, 'openSync', (original) => (...parameters) => {
    if (!isWatched(parameters[0])) return original(...parameters);
    const isOpen = reachOpen(String(parameters[0]));
    const descriptor = original(...parameters);
    isOpen(descriptor);
    return descriptor;
  });
  patch(fs, 'link', (original) => async (...parameters) => {
    if (!isWatched(parameters[0])) return original(...parameters);
    const isLinked = reachRename('link', parameters);
    const result = await original(...parameters);
    isLinked();
    return result;
  });
  patch(syncFs, 'renameSync', (original) => (...parameters) => {
    if (!isWatched(parameters[0])) return original(...parameters);
    const isRenamed = reachRename('rename', parameters);
    const result = original(...parameters);
    isRenamed();
    return result;
  });
  const probe = await fs.open(devNull);
  const handles = Object.getPrototypeOf(probe);
  await probe.close();
  for (const call of ['read', 'write', 'writeFile', 'datasync', 'sync'] as const) {
    patch(
      handles,
      call,
      (original) =>
        async function (...parameters) {
          const seen = openFiles.get((this as FileHandle).fd);
          if (seen === undefined) return original.apply(this, parameters);
          const [bytes, ...rest] = parameters;
          const { passed, done } = reachWith(call, seen, bytes);
          const result = await original.apply(this, [passed, ...rest]);
          done();
          return result;
        },
    );
  }
  for (const call of ['read', 'write', 'writeFile'] as const) {
    patch(syncFs, `${call}Sync`, (original) => (descriptor, bytes, ...rest) => {
      const seen = openFiles.get(descriptor);
      if (seen === undefined) return original(descriptor, bytes, ...rest);
      const { passed, done } = reachWith(call, seen, bytes);
      openFiles.delete(descriptor); // writeFileSync may call writeSync, which is patched too
      try {
        const result = original(descriptor, passed, ...rest);
        done();
        return result;
      } finally {
        openFiles.set(descriptor, seen);
      }
    });
  }
  patch(syncFs, 'fsync', (original) => (descriptor, answer) => {
    const emit = answer as (error: unknown) => void;
    const seen = openFiles.get(descriptor);
    if (seen === undefined) return original(descriptor, emit);
    let done: () => void;
    try {
      ({ done } = reachWith('sync', seen, undefined));
    } catch (error) {
      return process.nextTick(emit, error);
    }
    return original(descriptor, (error: unknown) => {
      if (error === null) done();
      emit(error);
    });
  });
  patch(syncFs, 'closeSync', (original) => (descriptor) => {
    openFiles.delete(descriptor); // the next opened file may get this descriptor
    return original(descriptor);
  });
  patch(
    handles,
    'close',
    (original) =>
      function () {
        openFiles.delete((this as FileHandle).fd); // the next opened file may get this descriptor
        return original.call(this);
      },
  );
  // proper-lockfile's lease is a folder. It removes a stale one before taking the lease.
  patch(syncFs, 'rmdirSync', (original) => (...parameters) => {
    if (isWatched(parameters[0])) failpoints.reach('rmdir');
    return original(...parameters);
  });
  syncBuiltinESMExports();
  return () => {
    for (const restore of undo) restore();
    syncBuiltinESMExports();
  };
}

const bytesOf = (bytes: unknown): Buffer => Buffer.from(bytes as Buffer | string);

function halfOf(bytes: unknown): Buffer {
  const whole = bytesOf(bytes);
  return whole.subarray(0, Math.floor(whole.length / 2));
}
