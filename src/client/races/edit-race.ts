import type { ClientRequest } from '../send-at-once.js';
import { judgeEdits } from '../verb-results.js';
import {
  authorization,
  count,
  crowd,
  customers,
  type RaceSetup,
  requireOperator,
  type VerbRaceResult,
} from './race.js';

const EDITORS_MAX = 20;

/** Editors change one revision of an event while a crowd buys: an edit is lost, or sales are. */
export async function raceToEdit(setup: RaceSetup): Promise<VerbRaceResult> {
  const { eventId, clients } = setup;
  const { id: _, remaining, revision, ...details } = await setup.get(`/events/${eventId}`);
  const taken = details.capacity - remaining;
  const editors = Math.min(EDITORS_MAX, Math.max(2, Math.floor(clients / 10)));
  const edits = Array.from({ length: editors }, (_each, index): ClientRequest => {
    const event = { ...details, capacity: details.capacity + index + 1 };
    return {
      method: 'PUT',
      path: `/events/${eventId}`,
      body: event,
      headers: { 'if-match': `"${revision}"`, ...authorization(setup) },
      question: { kind: 'saveEvent', eventId, event, revision },
    };
  });
  const buys = customers(setup).map((customer): ClientRequest => {
    const body = { eventId, customer, quantity: 1 };
    return { method: 'POST', path: '/buy', body, question: { kind: 'buy', ...body } };
  });
  const half = Math.floor(buys.length / 2);
  const answers = await crowd(setup, [...buys.slice(0, half), ...edits, ...buys.slice(half)]);
  const ofEdits = answers.slice(half, half + editors);
  requireOperator(ofEdits);
  const ofBuys = [...answers.slice(0, half), ...answers.slice(half + editors)];
  const after = await setup.get(`/events/${eventId}`);
  const saved = ofEdits.flatMap(({ status }, index) =>
    status === 200 ? [details.capacity + index + 1] : [],
  );
  const [sold, refused] = [count(ofBuys, 201), count(ofEdits, 412)];
  const known = sold + count(ofBuys, 409) + saved.length + refused;
  const unknown = answers.length - known;
  const { capacity } = after;
  const revisions = after.revision - revision;
  return {
    ...judgeEdits({
      taken,
      sold,
      saved,
      refused,
      revisions,
      capacity,
      remaining: after.remaining,
      unknown,
    }),
    rows: [
      ['editors told "saved"', saved.length],
      ['editors told "412"', refused],
      ['buyers told "sold"', sold],
      ['tickets of the event', `${details.capacity} before, ${capacity} after`],
      ['recorded as sold', `${taken} before, ${capacity - after.remaining} after`],
    ],
  };
}
