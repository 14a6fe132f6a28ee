import type { VerbRaceResult } from '../client/races/race.js';
import { verbRaces } from '../client/races/registry.js';
import { Recorder } from '../client/recorder.js';

/** How long an answer may take that is not part of the race. */
const ANSWER_MS_MAX = 15_000;

/** What became of a race for another verb than buy. */
export interface VerbRace {
  readonly race: VerbRaceResult;
  /** How many requests were answered, for the trace. */
  readonly answered: number;
}

/** Lets clients race for a verb on one event of a server on this machine. */
export async function raceForVerb(
  url: URL,
  verb: keyof typeof verbRaces,
  eventId: string,
  clients: number,
): Promise<VerbRace> {
  const recorder = new Recorder();
  // biome-ignore lint/suspicious/noExplicitAny: as the race wants it
  const get = async (path: string): Promise<any> => {
    const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return answer.json();
  };
  const remaining = async () => (await get(`/events/${eventId}`)).remaining as number;
  const race = await verbRaces[verb]({ url, eventId, clients, recorder, remaining, get });
  const { requests } = recorder.history();
  return { race, answered: requests.filter(({ answer }) => answer !== null).length };
}
