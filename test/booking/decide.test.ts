import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Buy } from '../../src/booking/commands.js';
import { decide } from '../../src/booking/decide.js';
import type { Outcome } from '../../src/booking/outcomes.js';
import { batches, ticketStates } from './arbitraries.js';

const NOW = '2027-01-01T10:00:00.000Z';

const withoutVersion = ({ version: _, ...rest }: Outcome) => rest;

describe('decide', () => {
  test('sells each ticket once, and all tickets of a buy or none', () => {
    fc.assert(
      fc.property(ticketStates, batches, (state, batch) => {
        const { outcomes, after } = decide(state, batch, NOW);
        expect(outcomes).toHaveLength(batch.length);
        for (const [id, event] of Object.entries(state.events)) {
          const sold = outcomes.filter(
            (outcome) => outcome.kind === 'sold' && outcome.eventId === id,
          );
          const serials = sold.flatMap((outcome) =>
            outcome.kind === 'sold' ? outcome.serials : [],
          );
          // Consecutive from the first unsold serial: none twice, none beyond the capacity.
          const expected = serials.map((_, index) => event.issued + 1 + index);
          expect(serials).toEqual(expected);
          expect(after.events[id]?.remaining).toBe(event.remaining - serials.length);
          expect(after.events[id]?.remaining).toBeGreaterThanOrEqual(0);
        }
        for (const [index, outcome] of outcomes.entries()) {
          const { eventId, quantity } = batch[index] as Buy;
          if (!Object.hasOwn(state.events, eventId)) expect(outcome.kind).toBe('unknownEvent');
          if (outcome.kind === 'sold') expect(outcome.serials).toHaveLength(quantity);
          if (outcome.kind === 'soldOut') expect(outcome.remaining).toBeLessThan(quantity);
        }
      }),
    );
  });

  test('decides a batch as if its buys had come one by one', () => {
    fc.assert(
      fc.property(ticketStates, batches, (state, batch) => {
        const together = decide(state, batch, NOW);
        let current = state;
        const outcomes = batch.map((buy) => {
          const decision = decide(current, [buy], NOW);
          current = decision.after;
          return decision.outcomes[0] as Outcome;
        });
        expect(together.outcomes.map(withoutVersion)).toEqual(outcomes.map(withoutVersion));
        expect(together.after.events).toEqual(current.events);
      }),
    );
  });

  test('makes one commit of a batch that sells, and none of a batch that does not', () => {
    fc.assert(
      fc.property(ticketStates, batches, (state, batch) => {
        const before = structuredClone(state);
        const { outcomes, after } = decide(state, batch, NOW);
        const sells = outcomes.some(({ kind }) => kind === 'sold');
        const version = state.version + (sells ? 1 : 0);
        expect(after.version).toBe(version);
        expect(outcomes.every((outcome) => outcome.version === version)).toBe(true);
        if (!sells) expect(after).toBe(state);
        expect(state).toEqual(before); // the input was not changed
      }),
    );
  });
});
