import { describe, expect, test } from 'vitest';
import { Chain, DamagedLedgerError } from '../../../src/store/ledger/chain.js';
import type { Commit } from '../../../src/store/ledger/ledger-line.js';
import { commitLine, fileOf, genesisLine, headAfter } from './ledger-lines.js';

const genesis = genesisLine();
const start = headAfter(0, genesis);

/** Takes lines one after the other, and returns which of them counted. */
function counts(chain: Chain, ...lines: readonly Buffer[]): boolean[] {
  let offset = start.end;
  return lines.map((line) => {
    const counted = chain.take(line, offset) !== undefined;
    offset += line.length + 1;
    return counted;
  });
}

const first = commitLine(start);
const head1 = headAfter(1, first, start.end);
const second = commitLine(head1);
const rival = commitLine(start, { writer: 'other.1' });

/** The rules of a chain. Each negative control below must violate one of them. */
const rules: Record<string, (chain: Chain) => void> = {
  'counts a line that extends the chain': (chain) => {
    expect(counts(chain, first, second)).toEqual([true, true]);
    expect(chain.head).toEqual(headAfter(2, second, head1.end));
  },
  'counts the first of two lines that extend the same line': (chain) => {
    expect(counts(chain, first, rival, second)).toEqual([true, false, true]);
    expect(chain.skipped).toBe(1);
  },
  'does not count a line that extends a skipped line': (chain) => {
    const onRival = commitLine(headAfter(1, rival), { synced: start });
    expect(counts(chain, first, rival, onRival)).toEqual([true, false, false]);
  },
  'does not count a line with the right hash and a wrong number': (chain) => {
    const far = commitLine(head1, { seq: 3 });
    expect(counts(chain, first, far, second)).toEqual([true, false, true]);
  },
  'counts a repeated line once': (chain) => {
    expect(counts(chain, first, first)).toEqual([true, false]);
  },
  'skips torn, merged and foreign lines': (chain) => {
    const torn = first.subarray(0, 40);
    const merged = Buffer.concat([torn, second]);
    const marked = Buffer.concat([first, Buffer.from('#')]);
    const zeros = Buffer.alloc(100);
    const invalid = [torn, merged, marked, zeros, genesis, Buffer.from('#'), Buffer.alloc(0)];
    expect(counts(chain, ...invalid)).toEqual(invalid.map(() => false));
    expect(chain.head).toEqual(start);
    expect(chain.skipped).toBe(invalid.length);
  },
  'reports damage for a claim of a missing line': (chain) => {
    const ahead = commitLine(start, { synced: { seq: 1, hash: start.hash } });
    expect(() => counts(chain, ahead)).toThrow(DamagedLedgerError);
  },
  'reports damage for a claim of a line that another line replaced': (chain) => {
    const claiming = commitLine(head1, { synced: { seq: 1, hash: headAfter(1, first).hash } });
    const onRival = { seq: 1, hash: headAfter(1, rival).hash };
    expect(() => counts(chain, rival, claiming)).toThrow(/byte \d+: line 1 is not the one/);
    expect(counts(chain, commitLine(headAfter(1, rival), { synced: onRival }))).toEqual([true]);
  },
  'reports damage for a false claim in a skipped line': (chain) => {
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

const violatedRules = (chain: typeof Chain): string[] =>
  Object.entries(rules).flatMap(([name, check]) => {
    try {
      check(new chain(start));
      return [];
    } catch {
      return [name];
    }
  });

describe('chain', () => {
  test.each(Object.keys(rules))('%s', (name) => rules[name]?.(new Chain(start)));

  test('reports the offset of the line that proves the damage', () => {
    const falseClaim = commitLine(head1, { synced: { seq: 7, hash: 'x' } });
    const chain = new Chain(start);
    counts(chain, first);
    expect(() => chain.take(falseClaim, head1.end)).toThrow(
      expect.objectContaining({ offset: head1.end, code: 'DAMAGED', exitCode: 3 }),
    );
    expect(fileOf(genesis, first).length).toBe(head1.end);
  });

  test('accepts any claim that is older than the hashes it remembers', () => {
    const chain = new Chain(start, 2);
    let head = start;
    for (let seq = 1; seq <= 5; seq++) {
      const line = commitLine(head);
      chain.take(line, head.end);
      head = headAfter(seq, line, head.end);
    }
    expect(chain.take(commitLine(start, { synced: { seq: 3, hash: 'x' } }), 0)).toBeUndefined();
    expect(() => chain.take(commitLine(start, { synced: { seq: 4, hash: 'x' } }), 0)).toThrow(
      'line 4',
    );
  });
});

describe('a broken chain', () => {
  test.each([
    ['checks no claim', ClaimsUnchecked, 3],
    ['checks only the number of a claim', ClaimsByNumberOnly, 1],
    ['checks only the number of a line', NumbersOnly, 1],
    ['checks only the hash of a line', HashesOnly, 1],
  ])('that %s violates a rule', (_, chain, violations) => {
    expect(violatedRules(chain)).toHaveLength(violations);
  });
});
