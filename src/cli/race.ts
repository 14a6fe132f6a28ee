import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { json } from 'node:stream/consumers';
import { Option } from 'commander';
import { buyAtOnce } from '../client/buyers.js';
import { judgeRace, type RaceResult } from '../client/race-result.js';
import type { VerbRaceResult } from '../client/races/race.js';
import { verbRaces } from '../client/races/registry.js';
import { Recorder } from '../client/recorder.js';
import { withLostUpdates } from '../client/verb-results.js';
import { exitCodeOfRuling } from '../exit-codes.js';
import { readSettings } from '../settings.js';
import { count } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { color, colorRuling } from './colors.js';
import { newCommand, requireWritable, runCommand, wholeNumber } from './command.js';
import { localServer, parseServerUrl } from './server-url.js';

const BUYERS_MAX = 5_000;

/** Longest wait for a request before or after the race. */
const ANSWER_MS_MAX = 15_000;

/** The capacity of the event to buy from if none is given. */
const RACE_CAPACITY = 100;

const command = newCommand(
  'race',
  'Sends many buyers to one event at the same time, and judges the result.',
)
  .addOption(
    new Option('--verb <verb>', 'what they do at once')
      .choices(['buy', ...Object.keys(verbRaces)])
      .default('buy'),
  )
  .option('--url <url>', 'the server (default: HOST and PORT)')
  .option('--event <id>', `the event (default: the one with ${RACE_CAPACITY} tickets)`)
  .option('--buyers <number>', 'number of buyers, each with its own connection', '200')
  .option('--record <file>', 'record every request and answer, for npm run verdict')
  .addHelpText('after', '\nExit code: 0 holds, 1 broken, 2 bad argument, 3 inconclusive.');

interface Options {
  readonly verb: 'buy' | keyof typeof verbRaces;
  readonly url?: string;
  readonly event?: string;
  readonly buyers: string;
  readonly record?: string;
}

await runCommand(command, async () => {
  const options = command.opts<Options>();
  const buyers = wholeNumber('--buyers', options.buyers, 1, BUYERS_MAX);
  const url = options.url === undefined ? localServer() : parseServerUrl(options.url);
  if (options.record !== undefined) await requireWritable('--record', options.record);

  const { event, store, lockMode, version } = await findEvent(url, options.event);
  const { workers } = (await get(url, '/workers')) as { workers: unknown[] };
  process.stderr.write(`${count(buyers, 'buyer')} at "${event.name}" …\n`);
  const recorder = new Recorder();
  const setting = `${store} store, lock mode ${lockMode}, ${count(workers.length, 'worker')}`;
  if (options.verb !== 'buy') {
    const { ADMIN_TOKEN: adminToken } = readSettings();
    const remaining = async () => (await findEvent(url, event.id)).event.remaining;
    const read = (path: string) => get(url, path);
    const setup = {
      url,
      eventId: event.id,
      clients: buyers,
      recorder,
      adminToken,
      remaining,
      get: read,
    };
    const { lostUpdates: lostBefore } = await get(url, '/verdict');
    const answers = await verbRaces[options.verb](setup);
    if (options.record !== undefined) await record(recorder, options.record, { version, store });
    const { verdict, lostUpdates } = await get(url, '/verdict');
    const result = withLostUpdates(answers, lostUpdates - lostBefore);
    process.stdout.write(verbReport(result, setting, lostUpdates, verdict));
    return exitCodeOfRuling[result.ruling];
  }
  const results = await buyAtOnce(url, event.id, buyers, { recorder });
  if (options.record !== undefined) await record(recorder, options.record, { version, store });
  const after = await findEvent(url, event.id);
  const { verdict, lostUpdates } = await get(url, '/verdict');

  const result = judgeRace(event.remaining, after.event.remaining, results);
  process.stdout.write(report(result, setting, lostUpdates, verdict));
  if (result.before === 0)
    process.stderr.write(
      'To put the tickets back on sale, stop the server and run npm run reset\n',
    );
  return exitCodeOfRuling[result.ruling];
});

/** Writes the history, and prints how to judge it: only the ledger store has what that needs. */
async function record(
  recorder: Recorder,
  path: string,
  { version, store }: Pick<FoundEvent, 'version' | 'store'>,
): Promise<void> {
  await recorder.writeTo(path).catch((error) => {
    throw new UserError(`--record cannot write ${path}: ${error.message}`);
  });
  const next =
    store === 'ledger'
      ? `npm run verdict -- --history ${path} --since ${version}`
      : `${path}, which cannot be judged: a verdict on a history needs the ledger of STORE=ledger`;
  process.stderr.write(`Recorded: ${next}\n`);
}

function report(result: RaceResult, setting: string, lostUpdates: number, verdict: string): string {
  const { ruling, because, before, after, sold, refused, unknown, serials, favourite } = result;
  const warn = (bad: boolean, text: string): string => (bad ? color('red', text) : text);
  const shared = favourite && `; serial ${favourite.serial} went to ${favourite.buyers} buyers`;
  const rows: [string, string][] = [
    ['tickets', `${before}`],
    ['told "sold"', warn(sold > before, `${sold}`)],
    ['told "sold out"', `${refused}`],
    ...(unknown > 0 ? ([['no answer', warn(true, `${unknown}`)]] as [string, string][]) : []),
    ['serials given', warn(shared !== undefined, `${serials} different${shared ?? ''}`)],
    ['recorded as left', `${after}`],
    ['verdict so far', `${verdict}, ${count(lostUpdates, 'lost update')}`],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(16)} ${value}`);
  return `${[setting, '', ...lines, '', `${colorRuling(ruling)}: ${because}.`].join('\n')}\n`;
}

function verbReport(
  { rows, ruling, because }: VerbRaceResult,
  setting: string,
  lostUpdates: number,
  verdict: string,
): string {
  const all = [...rows, ['verdict so far', `${verdict}, ${count(lostUpdates, 'lost update')}`]];
  const lines = all.map(([name = '', value]) => `  ${String(name).padEnd(20)} ${value}`);
  return `${[setting, '', ...lines, '', `${colorRuling(ruling)}: ${because}.`].join('\n')}\n`;
}

interface FoundEvent {
  readonly event: { id: string; name: string; capacity: number; remaining: number };
  readonly store: string;
  readonly lockMode: string;
  /** The version before the race. */
  readonly version: number;
}

/** The event with this id, or the first one with the default capacity. */
async function findEvent(url: URL, id: string | undefined): Promise<FoundEvent> {
  let cursor: string | null = null;
  do {
    const page = await get(url, `/search?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`);
    const { events, store, lockMode, version } = page as {
      events: FoundEvent['event'][];
    } & FoundEvent;
    if (!Array.isArray(events)) break;
    const event = events.find((each) =>
      id === undefined ? each.capacity === RACE_CAPACITY : each.id === id,
    );
    if (event !== undefined) return { event, store, lockMode, version };
    cursor = page.next;
  } while (cursor !== null);
  const wanted =
    id === undefined ? `event with ${RACE_CAPACITY} tickets` : `event ${JSON.stringify(id)}`;
  throw new UserError(`there is no ${wanted} at ${url.origin}: --event takes an id from /search`);
}

// biome-ignore lint/suspicious/noExplicitAny: another server may answer anything; the caller checks what it uses
async function get(url: URL, path: string): Promise<any> {
  const sendRequest = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = sendRequest(new URL(path, url), { timeout: ANSWER_MS_MAX, agent: false });
  request.on('timeout', () => request.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
  request.end();
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const body = await json(response);
    if (response.statusCode === 200 && typeof body === 'object') return body;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!(error instanceof SyntaxError)) {
      throw new UserError(`no server answers at ${url.origin} (${code ?? message}): run npm start`);
    }
  }
  throw new UserError(`${url.origin}${path} is not the answer of a Turnstile server`);
}
