import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { until } from '../support/processes.js';
import { customersIn, type RecordedCall } from './call-order.js';
import type { Round } from './round.js';

const TRACED = 'write,pwrite64,writev,fdatasync,fsync,rename,renameat,renameat2';
/** Longer than an answer with its headers, and longer than a ledger line. */
const STRING_BYTES = 4096;
const PROBE_MS = 1000;

let found: string | undefined | null = null;

/** Why strace cannot be used on this machine: not installed, or not allowed to attach. */
export function straceMissing(): string | undefined {
  if (found === null) found = probe();
  return found;
}

function probe(): string | undefined {
  if (spawnSync('strace', ['-V']).status !== 0) return 'strace is not installed';
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    // If it may attach, it runs until the timeout.
    const options = ['-qq', '-o', '/dev/null', '-p', String(child.pid)];
    const { status } = spawnSync('strace', options, { timeout: PROBE_MS });
    return status === null || status === 0 ? undefined : 'strace may not attach to a process';
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * Attaches strace to a process.
 *
 * @returns waits until the process has exited, and returns its calls
 */
export async function trace(round: Round, pid: number): Promise<() => Promise<RecordedCall[]>> {
  const output = `${round.folder()}/trace`;
  const options = ['-f', '-y', '-s', String(STRING_BYTES), '-e', `trace=${TRACED}`, '-o', output];
  const tracer = spawn('strace', [...options, '-p', String(pid)], { stdio: 'pipe' });
  round.onEnd(() => tracer.kill('SIGKILL'));
  const ended = once(tracer, 'close');
  let said = '';
  tracer.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  await until(`strace attaches to ${pid}`, () => said.includes('attached'));
  return async () => {
    await ended;
    return parseTrace(readFileSync(output, 'utf8'));
  };
}

const kinds: Readonly<Record<string, RecordedCall['call']>> = {
  write: 'write',
  pwrite64: 'write',
  writev: 'write',
  fdatasync: 'datasync',
  fsync: 'sync',
  rename: 'rename',
  renameat: 'rename',
  renameat2: 'rename',
};

/** Parses the output of strace -f -y: one call per line, or two lines for an interrupted call. */
export function parseTrace(text: string): RecordedCall[] {
  const calls: RecordedCall[] = [];
  const partialBytes = new Map<string, { readonly head: string; readonly began: number }>();
  for (const [at, line] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const begins = /^(.*) <unfinished \.\.\.>$/.exec(rest)?.[1];
    if (begins !== undefined) {
      partialBytes.set(thread, { head: begins, began: at });
      continue;
    }
    const [, tail] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    const from = tail === undefined ? undefined : partialBytes.get(thread);
    const whole = from === undefined ? rest : `${from.head}${tail}`;
    const call = parseCall(whole, from?.began ?? at, at);
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

/** A successful call of the traced kinds, if the line is one. */
function parseCall(whole: string, began: number, ended: number): RecordedCall | undefined {
  const [, name = '', parameters = ''] = /^(\w+)\((.*)\) += \d+$/.exec(whole) ?? [];
  const kind = kinds[name];
  if (kind === undefined) return undefined;
  if (kind === 'rename') {
    const [path = '', target = ''] = [...parameters.matchAll(/"([^"]*)"/g)].map(([, each]) => each);
    return { call: kind, path, target, file: 0, customers: [], began, ended };
  }
  const [, file, path = ''] = /^(\d+)<([^>]*)>/.exec(parameters) ?? [];
  const customers = customersIn(parameters);
  const isAnswer = kind === 'write' && parameters.includes('"HTTP/1.1 201 ');
  return { call: isAnswer ? 'answer' : kind, path, file: Number(file), customers, began, ended };
}
