import { describe, expect, test } from 'vitest';
import { LabService } from '../../src/lab/lab-service.js';

/** A request for a level is counted before it is looked at: this one starts no process. */
const aLevel = { level: 1, variant: 'sorted' } as const;

async function beginLevels(count: number, isLocal: boolean): Promise<string[]> {
  const lab = new LabService(undefined);
  const kinds: string[] = [];
  for (let begun = 0; begun < count; begun++) {
    kinds.push((await lab.answer({ verb: 'begin', request: aLevel, isLocal })).kind);
  }
  lab.close();
  return kinds;
}

describe('the limit of levels', () => {
  test('another machine may start 20, then one a minute', async () => {
    const kinds = await beginLevels(22, false);
    expect(kinds.slice(0, 20)).toEqual(Array(20).fill('invalid'));
    expect(kinds.slice(20)).toEqual(['tooMany', 'tooMany']);
  });

  test('somebody on this machine may start more', async () => {
    expect(await beginLevels(40, true)).not.toContain('tooMany');
  });

  test('they take no place of the experiments', async () => {
    const lab = new LabService(undefined);
    for (let begun = 0; begun < 25; begun++) {
      await lab.answer({ verb: 'begin', request: aLevel, isLocal: false });
    }
    const request = { rung: 1, store: 'json' } as const; // invalid, so that nothing is started
    expect(await lab.answer({ verb: 'begin', request, isLocal: false })).toMatchObject({
      kind: 'invalid',
    });
    lab.close();
  });
});
