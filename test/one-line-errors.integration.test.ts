import { symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { testFolder } from './support/folder.js';
import { run } from './support/processes.js';

const folder = () => testFolder();

function danglingLink(): string {
  const link = `${testFolder()}/link`;
  symlinkSync('/nowhere/at/all', link);
  return link;
}

const database = 'postgres://ada@127.0.0.1:1/x?sslrootcert=/nowhere/ca.pem';
const rung = ['--rung', '4', '--buyers', '2', '--capacity', '2'];

interface Case {
  readonly program: string;
  readonly args?: string[];
  readonly env?: () => NodeJS.ProcessEnv;
  readonly line: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  'arguments of a start': {
    program: 'src/main',
    args: ['--port', '4000'],
    line: /^unexpected argument "--port": settings are environment variables.*--help\n$/,
  },
  'a HOST with a zone': {
    program: 'src/main',
    env: () => ({ HOST: 'fe80::1%lo' }),
    line: /^HOST is "fe80::1%lo": it takes .* without a zone.*\n$/,
  },
  'a DATA_DIR that is a link to nothing': {
    program: 'src/main',
    env: () => ({ DATA_DIR: danglingLink() }),
    line: /^\S+link cannot be used: .*\n$/,
  },
  'a DATA_DIR below /proc': {
    program: 'src/main',
    env: () => ({ DATA_DIR: '/proc/nothing/here' }),
    line: /^\/proc\/nothing cannot be used: .*\n$/,
  },
  'reset of a DATA_DIR below /proc': {
    program: 'src/cli/reset',
    args: ['--yes'],
    env: () => ({ DATA_DIR: '/proc/nothing/here' }),
    line: /^\/proc\/nothing cannot be used: .*\n$/,
  },
  'a certificate that does not exist': {
    program: 'src/main',
    env: () => ({ STORE: 'postgres', DATABASE_URL: database, DATABASE_WAIT_S: '0' }),
    line: /^DATABASE_URL cannot be used: .*ca\.pem'\n$/,
  },
  'the same, of a verdict': {
    program: 'src/cli/verdict',
    env: () => ({ STORE: 'postgres', DATABASE_URL: database }),
    line: /^DATABASE_URL cannot be used: .*ca\.pem'\n$/,
  },
  'a report of the lab into no folder': {
    program: 'src/cli/lab',
    args: [...rung, '--html', '/nowhere/report.html'],
    line: /^--html cannot write \/nowhere\/report\.html: .*\n$/, // before the run starts
  },
  'a lab without a temporary folder': {
    program: 'src/cli/lab',
    args: rung,
    env: () => ({ TMPDIR: '/nowhere' }),
    line: /^rung 4: .*\nTMPDIR is "\/nowhere": .*\n$/,
  },
  'a race that cannot be recorded': {
    program: 'src/cli/race',
    args: ['--record', '/nowhere/history'],
    line: /^--record cannot write \/nowhere\/history: .*\n$/,
  },
  'a race at a URL with a path': {
    program: 'src/cli/race',
    args: ['--url', 'http://127.0.0.1:1/path'],
    line: /^--url is "http:\/\/127\.0\.0\.1:1\/path": it takes http:\/\/host:port\n$/,
  },
};

describe('exit code 2 and a clear line', () => {
  test.each(Object.entries(cases))('for %s', async (_what, { program, args, env, line }) => {
    const result = await run(program, {
      ...(args === undefined ? {} : { args }),
      env: { PORT: '0', DATA_DIR: folder(), ...env?.() },
    });
    expect(result.stderr).toMatch(line);
    expect(result.code).toBe(2);
  });
});
