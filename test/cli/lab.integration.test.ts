import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/timeline/report.js';
import { testFolder } from '../support/folder.js';
import { run, until } from '../support/processes.js';
import { beginLab, emptyTemp } from '../support/running-lab.js';
import { isRunning } from '../support/test-server.js';

const lab = (args: string[], env = {}) => run('src/cli/lab', { args, env });
const small = ['--buyers', '40', '--capacity', '20'];

describe('npm run lab', () => {
  test('prints story, figures and verdict, writes the report and the trace, and exits 1 when broken', async () => {
    const env = emptyTemp();
    const folder = testFolder();
    const [html, trace] = [join(folder, 'run.html'), join(folder, 'run.json')];
    const { code, stdout } = await lab(['--rung', '1', '--html', html, '--trace', trace], env);
    expect(code).toBe(1);
    expect(stdout).toContain('rung 1: no lock\njson store, lock mode off, 2 workers, 200 buyers');
    expect(stdout).toMatch(/[AB] wrote \d+ left at .*: both sold serial \d+/);
    expect(stdout).toMatch(/lost updates +\d/);
    expect(stdout).toMatch(/BROKEN: \d+ tickets were sold, and there were 100\.\n/);
    expect(stdout).toContain('Run it again: npm run lab -- --rung 1\n');
    expect(readFileSync(html, 'utf8')).toMatch(/^<!doctype html>[\s\S]*BROKEN[\s\S]*<\/html>\n$/);
    expect(JSON.parse(readFileSync(trace, 'utf8')).traceEvents.length).toBeGreaterThan(200);
    expect(readdirSync(env.TMPDIR)).toEqual([]);
  });

  test('exits 0 when broken is expected, and prints the report as JSON', async () => {
    const { code, stdout } = await lab([...small, '--mode', 'off', '--expect', 'broken', '--json']);
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout) as { runs: Run[] };
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      setting: { store: 'json', lockMode: 'off', buyers: 40, capacity: 20 },
      verdict: { ruling: 'broken' },
      command: 'npm run lab -- --store json --mode off --buyers 40 --capacity 20',
    });
    expect(runs[0]?.lostUpdate?.serials).toEqual([runs[0]?.lostUpdate?.erased.serials[0]]);
  });

  test('exits 3 when no race was seen', async () => {
    const { code, stdout } = await lab(['--rung', '1', '--buyers', '1']);
    expect(stdout).toContain('INCONCLUSIVE: no race was seen, which does not make it safe');
    expect(code).toBe(3);
  });

  test('lists the rungs and the scenarios', async () => {
    const { code, stdout } = await lab(['--list']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('  lease-stolen\n')]);
    expect(stdout).toContain('  7  the ledger, no lock: commit, and see whether you were first');
  });

  test.each([
    [['--rung', '9'], '--rung is "9": it takes a whole number from 1 to 8'],
    [['--rung', '8'], 'rung 8: PostgreSQL cannot be run: DATABASE_URL is not set'],
    [['--store', 'postgres', '--mode', 'file'], 'it takes off, row, optimistic'],
    [['--rung', '1', '--mode', 'off'], 'a rung determines its lockMode'],
    [['--mode', 'none'], 'mode is "none": with the json store it takes off, mutex, file, kernel'],
    [['--store', 'none'], 'store is "none": it takes json, ledger, postgres'],
    [['--window', '1001'], '--window is "1001": it takes a whole number from 0 to 1000'],
    [['--scenario', 'none'], 'there is no scenario "none": there are three-tickets, '],
    [['--expect', 'nothing'], '--expect is "nothing": it takes holds or broken'],
    [['--ladder', '--expect', 'broken'], '--expect is for a single run'],
    [['--ladder', '--rung', '1'], '--ladder takes no --rung'],
    [['--what'], "error: unknown option '--what'"],
  ])('exits 2 and prints why: %j', async (args, message) => {
    const { code, stderr } = await lab(args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('the sandbox of a lab', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', null],
    ['SIGKILL', null],
  ] as const)('is removed after %s', async (signal, code) => {
    const { running, pids, env } = await beginLab(3);
    expect(pids.map(isRunning)).toEqual([true, true]);
    running.child.kill(signal);
    await running.exited;
    expect(running.child.exitCode).toBe(code);
    await until('no process is left', () => !pids.some(isRunning));
    await until('no folder is left', () => readdirSync(env.TMPDIR).length === 0);
  });

  test('is removed by the next lab if the lab and its server were killed together', async () => {
    const env = emptyTemp();
    mkdirSync(join(env.TMPDIR, 'turnstile-lab-999999999-abc'));
    mkdirSync(join(env.TMPDIR, `turnstile-lab-${process.pid}-abc`)); // of a process that is still running
    await lab(['--rung', '1', '--buyers', '1'], env);
    expect(readdirSync(env.TMPDIR)).toEqual([`turnstile-lab-${process.pid}-abc`]);
  });
});
