import { judgeHolds } from '../verb-results.js';
import {
  count,
  crowd,
  customers,
  holdRequest,
  type RaceSetup,
  type VerbRaceResult,
} from './race.js';

/** Many buyers hold one ticket each: two hold the last one. */
export async function raceToHold(setup: RaceSetup): Promise<VerbRaceResult> {
  const before = await setup.remaining();
  const answers = await crowd(
    setup,
    customers(setup).map((customer) => holdRequest(setup, customer)),
  );
  const after = await setup.remaining();
  const [held, refused] = [count(answers, 201), count(answers, 409)];
  const unknown = answers.length - held - refused;
  return {
    ...judgeHolds({ before, held, refused, after, unknown }),
    rows: [
      ['tickets', before],
      ['told "held"', held],
      ['told "sold out"', refused],
      ['recorded as left', after],
    ],
  };
}
