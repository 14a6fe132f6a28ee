import { describe, expect, test } from 'vitest';
import { judgeOrder, type RecordedCall } from './call-order.js';
import { parseTrace } from './strace.js';

type Call = Omit<RecordedCall, 'began' | 'ended'>;

const on = (call: RecordedCall['call'], path: string, file = 1): Call => ({
  call,
  path,
  file,
  customers: [],
});

const sale: readonly Call[] = [
  { ...on('write', '/data/ledger.jsonl'), customers: ['Ada'] },
  on('datasync', '/data/ledger.jsonl'),
  { ...on('answer', ''), customers: ['Ada'] },
];
const checkpoint: readonly Call[] = [
  on('datasync', '/data/ledger.jsonl', 2),
  on('sync', '/data/tickets.json.1.tmp', 3),
  { ...on('rename', '/data/tickets.json.1.tmp', 0), target: '/data/tickets.json' },
  on('sync', '/data', 4),
];

/** The calls one after another. */
const inSequence = (calls: readonly Call[]): RecordedCall[] =>
  calls.map((call, index) => ({ ...call, began: 2 * index, ended: 2 * index + 1 }));

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) =>
    ordersOf(items.toSpliced(at, 1)).map((rest) => [item, ...rest]),
  );
}

describe('judgeOrder', () => {
  test.each([
    ['a sale', sale, { commits: 1, checkpoints: 0 }],
    ['a checkpoint', checkpoint, { commits: 0, checkpoints: 1 }],
  ])('accepts %s in only one order', (_what, calls, held) => {
    const rulings = ordersOf(calls).map((order) => judgeOrder(inSequence(order)));
    expect(rulings[0]).toEqual(held);
    for (const { broken } of rulings.slice(1)) expect(broken).toBeDefined();
  });

  test('requires a sync of the written file that begins after the write', () => {
    const [write, sync, answer] = inSequence(sale) as [RecordedCall, RecordedCall, RecordedCall];
    const broken = (calls: readonly RecordedCall[]) => judgeOrder(calls).broken;
    expect(broken([write, sync, answer])).toBeUndefined();
    expect(broken([write, { ...sync, file: 9 }, answer])).toBe(
      'Ada was answered before the line was synced',
    );
    expect(broken([write, { ...sync, began: write.began }, answer])).toBeDefined();
    expect(broken([write, { ...sync, ended: answer.ended }, answer])).toBeDefined();
    expect(broken([{ ...write, customers: ['Bob'] }, sync, answer])).toBeDefined();
  });

  test('requires a sync of the ledger before every checkpoint', () => {
    const again = inSequence([...checkpoint, ...checkpoint.slice(1)]);
    expect(judgeOrder(again)).toEqual({
      commits: 0,
      checkpoints: 1,
      broken: 'a checkpoint was renamed before the ledger was synced up to it',
    });
  });
});

test('parseTrace reads complete and interrupted calls', () => {
  const trace = [
    '7 write(5</data/ledger.jsonl>, "{\\"ops\\":[{}],\\"customers\\":[\\"Ada\\",\\"Bob\\"]}", 30) = 30',
    '8 fdatasync(5</data/ledger.jsonl> <unfinished ...>',
    '7 fsync(6</data>) = -1 EIO (Input/output error)',
    '8 <... fdatasync resumed>)              = 0',
    '7 writev(9<socket:[1]>, [{iov_base="HTTP/1.1 201 Created", iov_len=9}, {iov_base="{\\"customer\\":\\"Ada\\"}", iov_len=9}], 2) = 18',
    '7 renameat2(AT_FDCWD, "/data/a", AT_FDCWD, "/data/b", 0) = 0',
  ];
  expect(parseTrace(trace.join('\n'))).toEqual([
    {
      call: 'write',
      path: '/data/ledger.jsonl',
      file: 5,
      customers: ['Ada', 'Bob'],
      began: 0,
      ended: 0,
    },
    { call: 'datasync', path: '/data/ledger.jsonl', file: 5, customers: [], began: 1, ended: 3 },
    { call: 'answer', path: 'socket:[1]', file: 9, customers: ['Ada'], began: 4, ended: 4 },
    {
      call: 'rename',
      path: '/data/a',
      target: '/data/b',
      file: 0,
      customers: [],
      began: 5,
      ended: 5,
    },
  ]);
});
