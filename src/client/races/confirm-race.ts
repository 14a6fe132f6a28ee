import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../user-error.js';
import { type ClientRequest, sendAtOnce } from '../send-at-once.js';
import { judgeConfirmations } from '../verb-results.js';
import {
  count,
  crowd,
  customers,
  holdRequest,
  type RaceSetup,
  serialsOf,
  type VerbRaceResult,
} from './race.js';

/** The longest time of a hold that a race waits for. */
const HOLD_MS_MAX = 60_000;

/** One process releases holds within a second after their time. */
const RELEASE_MS = 2_000;

/** Holds that are made one after the other, and confirmed. */
const HOLDS_MAX = 20;

/** How long before their end holds are confirmed that do not race. */
const LEAD_MS = 1_000;

/**
 * How long before their end the others are, and their buyers come: a request is decided some milliseconds later,
 * more with a race window, and both must have read before either writes.
 */
const RACE_LEADS_MS = [
  { confirm: 2, buy: 0 },
  { confirm: 4, buy: 0 },
  { confirm: 7, buy: 0 },
  { confirm: 10, buy: 2 },
  { confirm: 13, buy: 3 },
  { confirm: 16, buy: 5 },
  { confirm: 20, buy: 8 },
  { confirm: 24, buy: 10 },
] as const;

/** Holds are confirmed in the moment when their time is over, and others buy: a paid ticket is sold again. */
export async function raceToConfirm(setup: RaceSetup): Promise<VerbRaceResult> {
  const { eventId, clients, recorder, url } = setup;
  const before = await setup.remaining();
  const wanted = Math.min(HOLDS_MAX, Math.max(1, Math.floor(clients / 2)));
  const held = await holdOneByOne(setup, wanted);
  const last = held.at(-1);
  if (last === undefined) throw new UserError('no ticket could be held: is the event on sale?');
  const waitMs = last.until - Date.now();
  if (waitMs > HOLD_MS_MAX) {
    const seconds = Math.ceil(waitMs / 1000);
    throw new UserError(
      `the server holds tickets for ${seconds} s, and a race waits ${HOLD_MS_MAX / 1000} s at most: start it with HOLD_SECONDS=5`,
    );
  }
  // Every second hold is confirmed long before its end. The others race with a buyer each.
  const leadsOf = (index: number) =>
    RACE_LEADS_MS[Math.floor(index / 2) % RACE_LEADS_MS.length] ?? RACE_LEADS_MS[0];
  const confirming = held.map(({ holdId, until }, index): ClientRequest => {
    const leadMs = index % 2 === 0 ? LEAD_MS : leadsOf(index).confirm;
    const path = `/holds/${holdId}/confirm`;
    return { method: 'POST', path, question: { kind: 'confirm', holdId }, at: until - leadMs };
  });
  const buying = held.map(({ until }, index): ClientRequest => {
    const body = { eventId, customer: `late buyer ${index + 1}`, quantity: 1 };
    const at = until - leadsOf(index).buy;
    return { method: 'POST', path: '/buy', body, question: { kind: 'buy', ...body }, at };
  });
  const answers = await sendAtOnce(url, [...confirming, ...buying], { recorder });
  await sleep(RELEASE_MS);
  const after = await setup.remaining();
  const confirms = answers.slice(0, confirming.length);
  const buys = answers.slice(confirming.length);
  const [confirmed, late] = [count(confirms, 201), count(confirms, 410)];
  const [bought, refused] = [count(buys, 201), count(buys, 409)];
  const [paid, sold] = [serialsOf(confirms), serialsOf(buys)];
  const serials = [...paid, ...sold];
  const soldAgain = paid.filter((serial) => sold.includes(serial)).length;
  const soldTwice = serials.length - new Set(serials).size;
  const unknown = answers.length - confirmed - late - bought - refused;
  return {
    ...judgeConfirmations({
      before,
      confirmed,
      late,
      bought,
      soldTwice,
      soldAgain,
      after,
      unknown,
    }),
    rows: [
      ['tickets', before],
      ['held', held.length],
      ['told "confirmed"', confirmed],
      ['told "expired"', late],
      ['told "sold"', bought],
      ['told "sold out"', refused],
      ['paid and sold again', soldAgain],
      ['serials given', new Set(serials).size],
      ['recorded as left', after],
    ],
  };
}

/** One after the other: without a lock, holds of a crowd would be lost before the race. */
async function holdOneByOne(
  setup: RaceSetup,
  wanted: number,
): Promise<{ readonly holdId: string; readonly until: number }[]> {
  const held: { holdId: string; until: number }[] = [];
  for (const customer of customers(setup).slice(0, wanted)) {
    const [answer] = await crowd(setup, [holdRequest(setup, customer)]);
    if (answer?.status !== 201) break;
    const { holdId, expiresAt } = answer.body;
    held.push({ holdId, until: Date.parse(expiresAt) });
  }
  return held;
}
