import { describe, expect, test } from 'vitest';
import { Chain, DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import type { Commit } from '../../../src/store/ledger/ledger-line.js';
import { commitLine, fileOf, genesisLine, headAt } from './lines-of.js';

const genesis = genesisLine();
const start = headAt(0, genesis);

/** Takes lines one after the other, and answers which of them counted. */
function counts(chain: Chain, ...lines: readonly Buffer[]): boolean[] {
  let offset = start.end;
  return lines.map((line) => {
    const counted = chain.take(line, offset) !== undefined;
    offset += line.length + 1;
    return counted;
  });
}

const first = commitLine(start);
const head1 = headAt(1, first, start.end);
const second = commitLine(head1);
const twin = commitLine(start, { writer: 'other.1' });

/** What every chain must do. A broken one must fail one of them. */
const rules: Record<string, (chain: Chain) => void> = {
  'a line counts that extends the chain': (chain) => {
    expect(counts(chain, first, second)).toEqual([true, true]);
    expect(chain.head).toEqual(headAt(2, second, head1.end));
  },
  'of two lines that extend the same one, the first counts': (chain) => {
    expect(counts(chain, first, twin, second)).toEqual([true, false, true]);
    expect(chain.skipped).toBe(1);
  },
  'a line that extends a skipped one does not count': (chain) => {
    const onTwin = commitLine(headAt(1, twin), { synced: start });
    expect(counts(chain, first, twin, onTwin)).toEqual([true, false, false]);
  },
  'a line with the right prev and a wrong number does not count': (chain) => {
    const far = commitLine(head1, { seq: 3 });
    expect(counts(chain, first, far, second)).toEqual([true, false, true]);
  },
  'a line counts once': (chain) => {
    expect(counts(chain, first, first)).toEqual([true, false]);
  },
  'torn, glued and foreign bytes are skipped': (chain) => {
    const torn = first.subarray(0, 40);
    const glued = Buffer.concat([torn, second]);
    const marked = Buffer.concat([first, Buffer.from('#')]);
    const zeros = Buffer.alloc(100);
    const none = [torn, glued, marked, zeros, genesis, Buffer.from('#'), Buffer.alloc(0)];
    expect(counts(chain, ...none)).toEqual(none.map(() => false));
    expect(chain.head).toEqual(start);
    expect(chain.skipped).toBe(none.length);
  },
  'a claim of a line that is not there is damage': (chain) => {
    const ahead = commitLine(start, { synced: { seq: 1, hash: start.hash } });
    expect(() => counts(chain, ahead)).toThrow(DamagedLedgerError);
  },
  'a claim of a line that another took the place of is damage': (chain) => {
    const claiming = commitLine(head1, { synced: { seq: 1, hash: headAt(1, first).hash } });
    const onTwin = { seq: 1, hash: headAt(1, twin).hash };
    expect(() => counts(chain, twin, claiming)).toThrow(/byte \d+: line 1 is not the one/);
    expect(counts(chain, commitLine(headAt(1, twin), { synced: onTwin }))).toEqual([true]);
  },
  'a skipped line may not claim what is not so either': (chain) => {
    const overtaken = commitLine(start, { writer: 'o.2', synced: { seq: 9, hash: 'x' } });
    expect(() => counts(chain, first, overtaken)).toThrow(DamagedLedgerError);
  },
};

class ClaimsByNumberOnly extends Chain {
  protected override checkClaim({ seq }: Commit['synced'], offset: number): void {
    if (seq > this.head.seq) throw new DamagedLedgerError(offset, 'ahead');
  }
}
class ClaimsUnchecked extends Chain {
  protected override checkClaim(): void {}
}
class NumbersOnly extends Chain {
  protected override extendsHead({ seq }: Commit): boolean {
    return seq === this.head.seq + 1;
  }
}
class HashesOnly extends Chain {
  protected override extendsHead({ prev }: Commit): boolean {
    return prev === this.head.hash;
  }
}

const broken = (chain: typeof Chain): string[] =>
  Object.entries(rules).flatMap(([name, holds]) => {
    try {
      holds(new chain(start));
      return [];
    } catch {
      return [name];
    }
  });

describe('the chain', () => {
  test.each(Object.keys(rules))('%s', (name) => rules[name]?.(new Chain(start)));

  test('says where the line begins that shows the damage', () => {
    const bad = commitLine(head1, { synced: { seq: 7, hash: 'x' } });
    const chain = new Chain(start);
    counts(chain, first);
    expect(() => chain.take(bad, head1.end)).toThrow(
      expect.objectContaining({ offset: head1.end, code: 'DAMAGED', exitCode: 3 }),
    );
    expect(fileOf(genesis, first).length).toBe(head1.end);
  });

  test('lets a claim pass that is older than it remembers, and no younger one', () => {
    const chain = new Chain(start, 2);
    let head = start;
    for (let seq = 1; seq <= 5; seq++) {
      const line = commitLine(head);
      chain.take(line, head.end);
      head = headAt(seq, line, head.end);
    }
    expect(chain.take(commitLine(start, { synced: { seq: 3, hash: 'x' } }), 0)).toBeUndefined();
    expect(() => chain.take(commitLine(start, { synced: { seq: 4, hash: 'x' } }), 0)).toThrow(
      'line 4',
    );
  });
});

describe('a chain is caught by these rules', () => {
  test.each([
    ['that looks at no claim', ClaimsUnchecked, 3],
    ['that believes a claim by its number', ClaimsByNumberOnly, 1],
    ['that does not ask which line is extended', NumbersOnly, 1],
    ['that does not ask for the number', HashesOnly, 1],
  ])('%s', (_, chain, rulesBroken) => {
    expect(broken(chain)).toHaveLength(rulesBroken);
  });
});
