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
  observe: CallObserver = () => () => {},
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
  const ours = new WeakMap<object, { readonly path: string; readonly file: number }>();
  /** The same, while they are open, by their descriptors. */
  const oursOpen = new Map<unknown, { readonly path: string; readonly file: number }>();
  let opened = 0;
  const watched = async (seen: SeenCall, call: () => unknown): Promise<unknown> => {
    const done = observe(seen);
    const result = await call();
    done();
    return result;
  };

  /** Lets a call on an open file pass the failpoints: what it is to be given, and what to do once it has gone well. */
  const disturbed = (call: FileCall, seen: { path: string; file: number }, given: unknown) => {
    const point = failpoints.reach(call);
    const passed = point?.how === 'half' || point?.how === 'tear' ? halfOf(given) : given;
    const bytes = call.startsWith('write') ? { bytes: bytesOf(passed) } : {};
    const seenDone = observe({ call, ...seen, ...bytes });
    const done = (): void => {
      seenDone();
      if (point?.how === 'tear') process.kill(process.pid, 'SIGKILL');
    };
    return { passed, done };
  };

  patch(fs, 'open', (original) => async (...parameters) => {
    if (!isOurs(parameters[0])) return original(...parameters);
    failpoints.reach('open');
    const seen = { path: String(parameters[0]), file: ++opened };
    const handle = await watched({ call: 'open', ...seen }, () => original(...parameters));
    ours.set(handle as FileHandle, seen);
    oursOpen.set((handle as FileHandle).fd, seen);
    return handle;
  });
  for (const call of ['rename', 'link'] as const) {
    patch(fs, call, (original) => async (...parameters) => {
      if (!isOurs(parameters[0])) return original(...parameters);
      failpoints.reach(call);
      const [path, target] = parameters.map(String);
      return watched({ call, path: path ?? '', target: target ?? '', file: 0 }, () =>
        original(...parameters),
      );
    });
  }
  const probe = await fs.open(devNull);
  const handles = Object.getPrototypeOf(probe);
  await probe.close();
  for (const call of ['read', 'write', 'writeFile', 'datasync', 'sync'] as const) {
    patch(
      handles,
      call,
      (original) =>
        async function (...parameters) {
          const seen = ours.get(this as object);
          if (seen === undefined) return original.apply(this, parameters);
          const [bytes, ...rest] = parameters;
          const { passed, done } = disturbed(call, seen, bytes);
          const result = await original.apply(this, [passed, ...rest]);
          done();
          return result;
        },
    );
  }
  patch(syncFs, 'openSync', (original) => (...parameters) => {
    if (!isOurs(parameters[0])) return original(...parameters);
    failpoints.reach('open');
    const seen = { path: String(parameters[0]), file: ++opened };
    const done = observe({ call: 'open', ...seen });
    const descriptor = original(...parameters);
    done();
    oursOpen.set(descriptor, seen);
    return descriptor;
  });
  for (const call of ['read', 'write', 'writeFile'] as const) {
    patch(syncFs, `${call}Sync`, (original) => (descriptor, bytes, ...rest) => {
      const seen = oursOpen.get(descriptor);
      if (seen === undefined) return original(descriptor, bytes, ...rest);
      const { passed, done } = disturbed(call, seen, bytes);
      const result = original(descriptor, passed, ...rest);
      done();
      return result;
    });
  }
  patch(syncFs, 'renameSync', (original) => (...parameters) => {
    if (!isOurs(parameters[0])) return original(...parameters);
    failpoints.reach('rename');
    const [path = '', target = ''] = parameters.map(String);
    const done = observe({ call: 'rename', path, target, file: 0 });
    original(...parameters);
    done();
    return undefined;
  });
  patch(syncFs, 'fsync', (original) => (descriptor, answer) => {
    const tell = answer as (error: unknown) => void;
    const seen = oursOpen.get(descriptor);
    if (seen === undefined) return original(descriptor, tell);
    let done: () => void;
    try {
      ({ done } = disturbed('sync', seen, undefined));
    } catch (error) {
      return process.nextTick(tell, error);
    }
    return original(descriptor, (error: unknown) => {
      if (error === null) done();
      tell(error);
    });
  });
  patch(syncFs, 'closeSync', (original) => (descriptor) => {
    oursOpen.delete(descriptor); // the next file that is opened may get its number
    return original(descriptor);
  });
  patch(
    handles,
    'close',
    (original) =>
      function () {
        oursOpen.delete((this as FileHandle).fd); // the next file that is opened may get its number
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
