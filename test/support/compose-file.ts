import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** What tests read of a service in docker-compose.yml. */
export interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly entrypoint?: readonly string[];
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
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

export const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../${name}`, import.meta.url));
export const read = (name: string): string => readFileSync(pathOf(name), 'utf8');

/** The instructions of a Dockerfile, one per line, without comments. */
export function instructionsOf(dockerfile: string): string[] {
  const joined = dockerfile.replace(/\\\n\s*/g, '');
  return joined.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The last stage: the image that runs. */
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

export const compose: Compose = parse(read('docker-compose.yml'), { merge: true });

/** The image that the Dockerfile builds. */
export const image = lastStage(read('Dockerfile'));
