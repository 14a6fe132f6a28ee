import { describe, expect, test } from 'vitest';
import { lockModeNames } from '../src/lock/registry.js';
import { allowedHosts } from '../src/server-address.js';
import { hasLab, readSettings, SettingsError, storeLocation } from '../src/settings.js';

const messageFor = (environment: NodeJS.ProcessEnv): string => {
  try {
    readSettings(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  return expect.unreachable(`${JSON.stringify(environment)} was accepted`);
};

describe('settings', () => {
  test('have the defaults of docs/SETTINGS.md', () => {
    expect(readSettings({})).toEqual({
      LOCK_MODE: 'file',
      STORE: 'json',
      BATCH_MAX: 256,
      WORKERS: expect.any(Number),
      HOST: '127.0.0.1',
      PORT: 3000,
      DATA_DIR: 'data',
      DATABASE_WAIT_S: 30,
      RACE_WINDOW_MS: 0,
      LOCK_STALE_MS: 5000,
      LOCK_TIMEOUT_MS: 10_000,
      HEARTBEAT_TIMEOUT_MS: 15_000,
      QUEUE_MAX: 10_000,
      HOLD_SECONDS: 600,
      DURABILITY: 'fsync',
      LAB: 'auto',
      ALLOWED_HOSTS: [],
      METRICS: 'operators',
      TRUSTED_PROXIES: [],
      CORS_ORIGINS: [],
      WEBHOOK_ALLOW_PRIVATE: '0',
      WEBHOOK_TRIES_MAX: 500,
      WEBHOOK_AGE_MAX_S: 86_400,
      WEBHOOK_LAG_MAX_S: 300,
      LOG_LEVEL: 'info',
    });
    expect(readSettings({}).WORKERS).toBeGreaterThanOrEqual(2);
    expect(readSettings({}).WORKERS).toBeLessThanOrEqual(8);
  });

  test('take what they are given, and an empty variable for none', () => {
    const settings = readSettings({ PORT: '8080', LOCK_MODE: 'kernel', WORKERS: '', HOME: '/x' });
    expect(settings).toMatchObject({ PORT: 8080, LOCK_MODE: 'kernel' });
    expect(settings).not.toHaveProperty('HOME');
  });

  test.each([
    ['auto', '127.0.0.1', true],
    ['auto', '127.1.2.3', true],
    ['auto', '::1', true],
    ['auto', 'localhost', true],
    ['auto', '0.0.0.0', false],
    ['auto', '::', false],
    ['auto', '192.168.1.5', false],
    ['auto', '127.example.org', false],
    ['on', '0.0.0.0', true],
    ['off', '127.0.0.1', false],
  ])('open the lab with LAB=%s on %s: %j', (LAB, HOST, open) => {
    expect(hasLab(readSettings({ LAB, HOST }))).toBe(open);
  });

  test.each([
    ['no names by default', {}, []],
    ['the name to listen on', { HOST: 'localhost' }, ['localhost']],
    ['any name on the address of a name', { HOST: 'tickets.lan' }, undefined],
    ['any name on every address', { HOST: '0.0.0.0' }, undefined],
    [
      'the names of a list',
      { HOST: '0.0.0.0', ALLOWED_HOSTS: 'a.example, b.example,' },
      ['a.example', 'b.example'],
    ],
    ['the names of a list on this machine alone', { ALLOWED_HOSTS: 'a.example' }, ['a.example']],
    [
      'the name to listen on, and those of a list',
      { HOST: 'tickets.lan', ALLOWED_HOSTS: 'a.example' },
      ['tickets.lan', 'a.example'],
    ],
  ])('allow in a Host: %s', (_what, environment, names) => {
    expect(allowedHosts(readSettings(environment))).toEqual(names);
  });

  test.each(lockModeNames)('know the lock mode %s', (mode) => {
    expect(readSettings({ LOCK_MODE: mode }).LOCK_MODE).toBe(mode);
  });

  const aHost = 'a name, or an IP address without a zone, of at most 1024 characters';
  const aDatabase = 'postgres://user:password@host:port/database';
  const proxies =
    'addresses, ranges such as 10.0.0.0/8, loopback, linklocal, uniquelocal, separated by commas';
  const lockModes = `one of ${lockModeNames.join(', ')}`;
  test.each([
    ['LOCK_MODE', 'File', lockModes],
    ['LOCK_MODE', 'constructor', lockModes],
    ['STORE', 'redis', 'one of json, ledger, postgres'],
    ['BATCH_MAX', '0', 'a whole number from 1 to 4096'],
    ['BATCH_MAX', '4097', 'a whole number from 1 to 4096'],
    ['WORKERS', '1.5', 'a whole number from 1 to 64'],
    ['WORKERS', '0', 'a whole number from 1 to 64'],
    ['HOST', 'h'.repeat(1025), aHost],
    ['HOST', 'fe80::1%eth0', aHost],
    ['HOST', 'a b', aHost],
    ['PORT', 'http', 'a whole number from 0 to 65535'],
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', '-1', 'a whole number from 0 to 65535'],
    ['PORT', '0x10', 'a whole number from 0 to 65535'],
    ['DATA_DIR', 'd'.repeat(1025), 'at most 1024 characters'],
    ['DATABASE_URL', 'mysql://ada:hunter2@db/tickets', aDatabase],
    ['DATABASE_URL', 'postgres://ada:hunter2@db:port/tickets', aDatabase],
    ['DATABASE_WAIT_S', '3601', 'a whole number from 0 to 3600'],
    ['RACE_WINDOW_MS', '1e3', 'a whole number from 0 to 60000'],
    ['LOCK_STALE_MS', '1999', 'a whole number from 2000 to 600000'],
    ['LOCK_TIMEOUT_MS', ' 5', 'a whole number from 1 to 600000'],
    ['HEARTBEAT_TIMEOUT_MS', 'NaN', 'a whole number from 1 to 600000'],
    ['QUEUE_MAX', '0', 'a whole number from 1 to 1000000'],
    ['DURABILITY', 'none', 'one of fsync, os'],
    ['ORDER_SECRET', 'short', '16 to 1024 characters'],
    ['LAB', 'yes', 'one of auto, on, off'],
    ['ADMIN_TOKEN', 'short', '16 to 1024 characters without spaces'],
    ['ADMIN_TOKEN', 'with a space in the token', '16 to 1024 characters without spaces'],
    ['METRICS', 'all', 'one of operators, open'],
    ['ALLOWED_HOSTS', 'http://tickets.example', 'host names without port, separated by commas'],
    ['ALLOWED_HOSTS', 'tickets.example:3000', 'host names without port, separated by commas'],
    ['TRUSTED_PROXIES', 'balancer', proxies],
    ['TRUSTED_PROXIES', '10.0.0.0/33', proxies],
    ['TRUSTED_PROXIES', '0.0.0.0/0', proxies],
    ['TRUSTED_PROXIES', '::/0', proxies],
    ['LOG_LEVEL', 'verbose', 'one of fatal, error, warn, info, debug, trace, silent'],
  ])('refuse %s=%j: it takes %s', (name, value, takes) => {
    const secret = ['ORDER_SECRET', 'ADMIN_TOKEN', 'DATABASE_URL'].includes(name);
    // A secret is not shown, not even a bad one; of a long value only the beginning.
    const shown = secret ? '…' : value.length > 100 ? `${value.slice(0, 100)}…` : value;
    const line = `${name} is ${JSON.stringify(shown)}: it takes ${takes}`;
    expect(messageFor({ [name]: value })).toBe(line);
  });

  test.each([
    [
      { LOCK_STALE_MS: '10000' },
      'LOCK_STALE_MS is "10000": it takes less than LOCK_TIMEOUT_MS, 10000',
    ],
    [
      { LOCK_TIMEOUT_MS: '5000' },
      'LOCK_STALE_MS is "5000": it takes less than LOCK_TIMEOUT_MS, 5000',
    ],
    [
      { LOCK_TIMEOUT_MS: '20000' },
      'LOCK_TIMEOUT_MS is "20000": it takes less than HEARTBEAT_TIMEOUT_MS, 15000',
    ],
  ])('refuse an order of the timeouts that cannot work: %j', (environment, message) => {
    expect(messageFor(environment)).toBe(message);
  });

  describe('of a store on a database', () => {
    const DATABASE_URL = 'postgres://ada@db/tickets';
    const postgres = { STORE: 'postgres', DATABASE_URL };

    test('know the lock modes that fit it, and its own default', () => {
      expect(readSettings(postgres).LOCK_MODE).toBe('row');
      for (const mode of ['off', 'row', 'optimistic']) {
        expect(readSettings({ ...postgres, LOCK_MODE: mode }).LOCK_MODE).toBe(mode);
      }
    });

    test.each([
      [{ ...postgres, LOCK_MODE: 'file' }, 'one of off, row, optimistic with STORE=postgres'],
      [{ ...postgres, LOCK_MODE: 'Row' }, 'one of off, row, optimistic'],
      [{ LOCK_MODE: 'row' }, `${lockModes} with STORE=json`],
      [{ STORE: 'ledger', LOCK_MODE: 'optimistic' }, `${lockModes} with STORE=ledger`],
    ])('refuse a mode that does not fit: %j', (environment, list) => {
      const got = JSON.stringify(environment.LOCK_MODE);
      expect(messageFor(environment)).toBe(`LOCK_MODE is ${got}: it takes ${list}`);
    });

    test('want its address, and the other stores do not look at it', () => {
      const line = `DATABASE_URL is "": it takes ${aDatabase} with STORE=postgres`;
      expect(messageFor({ STORE: 'postgres' })).toBe(line);
      expect(storeLocation(readSettings({ DATABASE_URL }))).toBe('data');
      expect(storeLocation(readSettings(postgres))).toBe(DATABASE_URL);
    });
  });
});

describe('the webhook', () => {
  const url = 'https://shop.example/hook';
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

  test('needs a URL and a secret', () => {
    expect(readSettings({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret })).toMatchObject({
      WEBHOOK_URL: url,
      WEBHOOK_SECRET: secret,
    });
    expect(messageFor({ WEBHOOK_URL: url })).toContain('with WEBHOOK_URL');
  });

  test.each(['ftp://shop.example/', 'https://me:word@shop.example/', 'shop.example', 'https://'])(
    'is not %s',
    (WEBHOOK_URL) => {
      expect(messageFor({ WEBHOOK_URL, WEBHOOK_SECRET: secret })).toMatch(/^WEBHOOK_URL is "…": /);
    },
  );

  test('speaks http only where it may be private', () => {
    const given = { WEBHOOK_URL: 'http://127.0.0.1:9000/', WEBHOOK_SECRET: secret };
    expect(messageFor(given)).toContain('an https URL unless WEBHOOK_ALLOW_PRIVATE is 1');
    expect(readSettings({ ...given, WEBHOOK_ALLOW_PRIVATE: '1' })).toMatchObject(given);
  });

  test.each([
    'whsec_',
    'whsec_c2hvcnQ=',
    secret.slice(6),
    `${secret} `,
    `whsec_${'A'.repeat(100)}`,
  ])('has no secret such as %j', (WEBHOOK_SECRET) => {
    expect(messageFor({ WEBHOOK_URL: url, WEBHOOK_SECRET })).toMatch(/^WEBHOOK_SECRET is "…": /);
  });

  test('cannot follow PostgreSQL without a lock', () => {
    const given = { WEBHOOK_URL: url, WEBHOOK_SECRET: secret, STORE: 'postgres' };
    const database = { DATABASE_URL: 'postgres://localhost/x' };
    expect(messageFor({ ...given, ...database, LOCK_MODE: 'off' })).toContain('with WEBHOOK_URL');
    expect(readSettings({ ...given, ...database })).toMatchObject({ LOCK_MODE: 'row' });
  });
});
