import syncFs from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';
import type { Failpoints, FileCall } from './failpoints.js';

type Call = (this: unknown, ...parameters: unknown[]) => unknown;

/** A call on a file, as an observer is told of it. */
export interface SeenCall {
  readonly call: FileCall;
  readonly path: string;
  /** What a rename or a link makes of it. */
  readonly target?: string;
  /** The open file, counted from 1; 0 for a call by name. */
  readonly file: number;
  /** What a write writes. */
  readonly bytes?: Buffer;
}

/** Told of every call that begins; what it answers is told when that call has gone well. */
export type CallObserver = (seen: SeenCall) => () => void;

/**
 * Lets calls on files whose path has `within` in it pass the failpoints, in this process.
 *
 * @param observe told of every call that the failpoints let pass
 * @returns undoes it
 */
export async function failingFiles(
  failpoints: Failpoints,
  within: string,
  onStep: CallObserver = () => () => {},
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
  const isOurs = (path: unknown): boolean => String(path).includes(within);
  /** Open files, by their descriptors. */
  const ours = new Map<unknown, { readonly path: string; readonly file: number }>();
  let opened = 0;

  /** Lets a call on an open file pass the failpoints: what it is to be given, and what to do once it has gone well. */
  const disturbed = (call: FileCall, seen: { path: string; file: number }, given: unknown) => {
    const point = failpoints.reach(call);
    const passed = point?.how === 'half' || point?.how === 'tear' ? halfOf(given) : given;
    const bytes = call.startsWith('write') ? { bytes: bytesOf(passed) } : {};
    const seenDone = onStep({ call, ...seen, ...bytes });
    const done = (): void => {
      seenDone();
      if (point?.how === 'tear') process.kill(process.pid, 'SIGKILL');
    };
    return { passed, done };
  };

  /** Lets an open pass the failpoints, and answers what to do with its descriptor. */
  const opening = (path: string): ((descriptor: unknown) => void) => {
    failpoints.reach('open');
    const seen = { path, file: ++opened };
    const done = onStep({ call: 'open', ...seen });
    return (descriptor) => {
      done();
      ours.set(descriptor, seen);
    };
  };

  /** Lets a rename or a link pass the failpoints, and answers what to do once it has gone well. */
  const naming = (call: 'rename' | 'link', parameters: readonly unknown[]): (() => void) => {
    failpoints.reach(call);
    const [path = '', target = ''] = parameters.map(String);
    return onStep({ call, path, target, file: 0 });
  };

  patch(fs, 'open', (original) => async (...parameters) => {
    if (!isOurs(parameters[0])) return original(...parameters);
    const isOpen = opening(String(parameters[0]));
    const handle = (await original(...parameters)) as FileHandle;
    isOpen(handle.fd);
    return handle;
  });
  patch(syncFs, 'openSync', (original) => (...parameters) => {
    if (!isOurs(parameters[0])) return original(...parameters);
    const isOpen = opening(String(parameters[0]));
    const descriptor = original(...parameters);
    isOpen(descriptor);
    return descriptor;
  });
  patch(fs, 'link', (original) => async (...parameters) => {
    if (!isOurs(parameters[0])) return original(...parameters);
    const isLinked = naming('link', parameters);
    const result = await original(...parameters);
    isLinked();
    return result;
  });
  patch(syncFs, 'renameSync', (original) => (...parameters) => {
    if (!isOurs(parameters[0])) return original(...parameters);
    const isRenamed = naming('rename', parameters);
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
          const seen = ours.get((this as FileHandle).fd);
          if (seen === undefined) return original.apply(this, parameters);
          const [bytes, ...rest] = parameters;
          const { passed, done } = disturbed(call, seen, bytes);
          const result = await original.apply(this, [passed, ...rest]);
          done();
          return result;
        },
    );
  }
  for (const call of ['read', 'write', 'writeFile'] as const) {
    patch(syncFs, `${call}Sync`, (original) => (descriptor, bytes, ...rest) => {
      const seen = ours.get(descriptor);
      if (seen === undefined) return original(descriptor, bytes, ...rest);
      const { passed, done } = disturbed(call, seen, bytes);
      ours.delete(descriptor); // Node may write a whole file by the call that writes a part
      try {
        const result = original(descriptor, passed, ...rest);
        done();
        return result;
      } finally {
        ours.set(descriptor, seen);
      }
    });
  }
  patch(syncFs, 'fsync', (original) => (descriptor, answer) => {
    const emit = answer as (error: unknown) => void;
    const seen = ours.get(descriptor);
    if (seen === undefined) return original(descriptor, emit);
    let done: () => void;
    try {
      ({ done } = disturbed('sync', seen, undefined));
    } catch (error) {
      return process.nextTick(emit, error);
    }
    return original(descriptor, (error: unknown) => {
      if (error === null) done();
      emit(error);
    });
  });
  patch(syncFs, 'closeSync', (original) => (descriptor) => {
    ours.delete(descriptor); // the next file that is opened may get its number
    return original(descriptor);
  });
  patch(
    handles,
    'close',
    (original) =>
      function () {
        ours.delete((this as FileHandle).fd); // the next file that is opened may get its number
        return original.call(this);
      },
  );
  // proper-lockfile's lease is a folder, and a stale one is removed before it is taken.
  patch(syncFs, 'rmdirSync', (original) => (...parameters) => {
    if (isOurs(parameters[0])) failpoints.reach('rmdir');
    return original(...parameters);
  });
  syncBuiltinESMExports();
  return () => {
    for (const each of undo) each();
    syncBuiltinESMExports();
  };
}

const bytesOf = (bytes: unknown): Buffer => Buffer.from(bytes as Buffer | string);

function halfOf(bytes: unknown): Buffer {
  const whole = bytesOf(bytes);
  return whole.subarray(0, Math.floor(whole.length / 2));
}
