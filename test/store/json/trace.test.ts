import { describe, expect, onTestFinished, test } from 'vitest';
import { json } from '../../../src/store/json/driver.js';
import { anEvent, openOptions, testFolder } from '../../support/folder.js';
import { recordSteps } from '../recorded-steps.js';

/** Sells one batch of one buy, and returns the steps that the store emitted. */
async function stepsOfBuy(quantity: number, durable = false) {
  const folder = testFolder({ a: anEvent(3) });
  const { emit, steps } = recordSteps();
  const store = await json.open({ ...openOptions(folder, durable), emit });
  onTestFinished(() => store.close());
  await (await store.sell([{ kind: 'buy', eventId: 'a', customer: 'Ada', quantity }])).durable;
  return steps;
}

describe('json store', () => {
  test.each([true, false])('emits the steps of a sale in order, durable: %s', async (durable) => {
    expect(await stepsOfBuy(1, durable)).toEqual([
      ['loaded', 0],
      ['paused'],
      ['decided', 1],
      ['lockChecked'],
      ['replaced', 1],
      ['appended'],
    ]);
  });

  test('emits no write for a batch that sells nothing', async () => {
    expect(await stepsOfBuy(4)).toEqual([['loaded', 0], ['paused'], ['decided', 0]]);
  });
});
