import { expect } from 'vitest';
import { verbRaces } from '../../../src/client/races/registry.js';
import { Recorder } from '../../../src/client/recorder.js';
import { withLostUpdates } from '../../../src/client/verb-results.js';
import type { Ruling } from '../../../src/verdict/judge.js';
import { anEvent } from '../../support/folder.js';
import type { TestServer } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';
import type { Round } from '../round.js';
import { type Exact, exact } from './killed-at-every-step.js';

/** The clients of a race. Each order is cancelled by ten, and each ticket scanned at ten doors. */
const CLIENTS = 50;

export type CrowdVerb = 'cancel' | 'admit' | 'edit';
const verbs = ['cancel', 'admit', 'edit'] as const;

/** The events that `collideOn` needs. */
export const crowdEvents = Object.fromEntries(verbs.map((verb) => [verb, anEvent(500)]));

/** Lets crowds collide on verbs that each put one thing right or wrong: an order, a ticket, an event. */
export async function collideOn(
  server: TestServer,
  recorder = new Recorder(),
): Promise<Record<CrowdVerb, Ruling>> {
  const { url } = server;
  const get = async (path: string) => (await server.fetch(path)).json();
  const rulings: Partial<Record<CrowdVerb, Ruling>> = {};
  for (const verb of verbs) {
    const remaining = () => server.remaining(verb);
    const race = { url, eventId: verb, clients: CLIENTS, recorder, remaining, get };
    const { lostUpdates: before } = await server.verdict();
    const answers = await verbRaces[verb](race);
    const { lostUpdates } = await server.verdict();
    rulings[verb] = withLostUpdates(answers, lostUpdates - before).ruling;
  }
  return rulings as Record<CrowdVerb, Ruling>;
}

/**
 * Lets crowds collide on a server of its own, and judges what they recorded.
 *
 * @param program another server, for a negative control
 */
export async function collide(
  round: Round,
  { store, mode }: Exact,
  program?: string,
): Promise<Record<CrowdVerb, Ruling>> {
  const server = await round.server({
    ...(program === undefined ? {} : { program }),
    events: crowdEvents,
    env: { STORE: store, LOCK_MODE: mode, WORKERS: '2', RACE_WINDOW_MS: '10' },
  });
  const recorder = new Recorder();
  const rulings = await collideOn(server, recorder);
  if (store === 'ledger') {
    expect((await server.judge(recorder.history())).first).toBeUndefined();
  }
  return rulings;
}

export const crowds: TortureFault = {
  number: 21,
  fault: 'ten clients cancel one order, ten doors scan one ticket, edits against a crowd',
  expected: 'paid back once, one person is in, no edit and no sale is lost',
  async run(round) {
    const settings = round.full ? exact : round.random.sample(exact, 1);
    for (const setting of settings) {
      const rulings = await collide(round, setting);
      expect(rulings).toEqual({ cancel: 'holds', admit: 'holds', edit: 'holds' });
    }
    return settings.map(({ store, mode }) => `${store} ${mode} holds`).join(', ');
  },
};
