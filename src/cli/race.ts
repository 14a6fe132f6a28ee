import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { json } from 'node:stream/consumers';
import { buyAtOnce } from '../client/buyers.js';
import { judgeRace, type RaceResult } from '../client/race-result.js';
import { Recorder } from '../client/recorder.js';
import { officeUrl, readSettings } from '../settings.js';
import { count } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { color, colorRuling } from './colors.js';
import { newCommand, runCommand, wholeNumber } from './command.js';
import { exitCodeOfRuling } from './ruling.js';

const BUYERS_MAX = 5_000;

/** Longest wait for what is asked before and after the race. */
const ANSWER_MS = 15_000;

/** The capacity of the event that is raced for when none is named. */
const RACE_CAPACITY = 100;

const command = newCommand(
  'race',
  'Lets many buyers at one event at once, and counts who got what.',
)
  .option('--url <url>', 'the office (default: the one at HOST and PORT)')
  .option('--event <id>', `the event (default: the one with ${RACE_CAPACITY} tickets)`)
  .option('--buyers <number>', 'how many, each with a connection of their own', '200')
  .option('--record <file>', 'write down what was asked and answered, for a verdict over it')
  .addHelpText('after', '\nExit code: 0 exact, 1 wrong, 2 bad argument, 3 nothing proved.');

interface Options {
  readonly url?: string;
  readonly event?: string;
  readonly buyers: string;
  readonly record?: string;
}

await runCommand(command, async () => {
  const options = command.opts<Options>();
  const buyers = wholeNumber('--buyers', options.buyers, 1, BUYERS_MAX);
  const url = options.url === undefined ? localOffice() : parseUrl(options.url);

  const { event, store, lockMode, version } = await findEvent(url, options.event);
  const { workers } = (await get(url, '/workers')) as { workers: unknown[] };
  process.stderr.write(`${count(buyers, 'buyer')} at "${event.name}" …\n`);
  const recorder = new Recorder();
  const answers = await buyAtOnce(url, event.id, buyers, { recorder });
  if (options.record !== undefined) await record(recorder, options.record, version);
  const after = await findEvent(url, event.id);
  const { verdict, lostUpdates } = await get(url, '/verdict');

  const result = judgeRace(event.remaining, after.event.remaining, answers);
  const setting = `${store} store, lock mode ${lockMode}, ${count(workers.length, 'worker')}`;
  process.stdout.write(report(result, setting, lostUpdates, verdict));
  if (result.before === 0) process.stderr.write('Fresh tickets: stop the office, npm run reset\n');
  return exitCodeOfRuling[result.ruling];
});

/** Writes the history, and says what to do with it. */
async function record(recorder: Recorder, path: string, since: number): Promise<void> {
  await recorder.writeTo(path).catch((error) => {
    throw new UserError(`--record cannot write ${path}: ${error.message}`);
  });
  process.stderr.write(`Recorded: npm run verdict -- --history ${path} --since ${since}\n`);
}

function report(result: RaceResult, setting: string, lostUpdates: number, verdict: string): string {
  const { ruling, because, before, after, sold, refused, unknown, serials, favourite } = result;
  const warn = (bad: boolean, text: string): string => (bad ? color('red', text) : text);
  const crowd = favourite && `; number ${favourite.serial} went to ${favourite.buyers} buyers`;
  const rows: [string, string][] = [
    ['tickets', `${before}`],
    ['told "sold"', warn(sold > before, `${sold}`)],
    ['told "sold out"', `${refused}`],
    ...(unknown > 0 ? ([['no answer', warn(true, `${unknown}`)]] as [string, string][]) : []),
    ['serials given', warn(crowd !== undefined, `${serials} different${crowd ?? ''}`)],
    ['the file says', `${after} left`],
    ['verdict so far', `${verdict}, ${count(lostUpdates, 'lost update')}`],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(16)} ${value}`);
  return `${[setting, '', ...lines, '', `${colorRuling(ruling)}: ${because}.`].join('\n')}\n`;
}

interface FoundEvent {
  readonly event: { id: string; name: string; capacity: number; remaining: number };
  readonly store: string;
  readonly lockMode: string;
  /** What was committed before. */
  readonly version: number;
}

/** The event with this id, or the first one of the usual size. */
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

// biome-ignore lint/suspicious/noExplicitAny: another server may answer anything; what is used is looked at
async function get(url: URL, path: string): Promise<any> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const asking = request(new URL(path, url), { timeout: ANSWER_MS, agent: false });
  asking.on('timeout', () => asking.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
  asking.end();
  try {
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const body = await json(response);
    if (response.statusCode === 200 && typeof body === 'object') return body;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!(error instanceof SyntaxError)) {
      throw new UserError(`no office answers at ${url.origin} (${code ?? message}): npm start`);
    }
  }
  throw new UserError(`${url.origin}${path} does not answer as a Turnstile does`);
}

function localOffice(): URL {
  const { HOST, PORT } = readSettings();
  return officeUrl(HOST, PORT);
}

function parseUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:/i.test(text)) return new URL(text);
  throw new UserError(`--url is ${JSON.stringify(text)}: it takes http://host:port`);
}
