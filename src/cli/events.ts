import type { RemoveEvent, SaveEvent } from '../booking/commands.js';
import { eventDetails } from '../booking/inventory.js';
import { exitCode } from '../exit-codes.js';
import { number } from '../timeline/format.js';
import { UserError } from '../user-error.js';
import { newCommand, printable, printLine, runCommand } from './command.js';
import type { EditResult, EventEditor, ListedEvent } from './event-editor.js';
import { changesOf, idOf, type Options, revisionOf, validDetails } from './event-options.js';
import { editFolder, readEvents } from './events-in-folder.js';
import { editServer } from './events-on-server.js';
import { parseServerUrl } from './server-url.js';

const actions = ['list', 'add', 'set', 'remove'] as const;

const command = newCommand(
  'events',
  'Lists, adds, changes or removes events: on a server, or in DATA_DIR while no server has it open.',
)
  .argument('<action>', actions.join(', '))
  .argument('[id]', 'the id of the event')
  .option(
    '--url <url>',
    'the server; it needs ADMIN_TOKEN or, on this machine, the admin.token in DATA_DIR',
  )
  .option('--revision <number>', 'set, remove: only if it still has this revision')
  .option('--name <name>', 'what it is called')
  .option('--venue <venue>', 'where it is')
  .option('--starts-at <time>', 'when it begins, such as 2027-07-01T20:00:00+01:00')
  .option('--price <number>', 'of a ticket, in minor units: 1800 is GBP 18.00')
  .option('--currency <code>', 'of ISO 4217, such as GBP')
  .option('--capacity <number>', 'how many tickets there are')
  .option('--sales-from <time>', 'when the sale begins; none: at once')
  .option('--sales-until <time>', 'when the sale ends; none: when all is sold')
  .addHelpText(
    'after',
    `
add needs name, venue, start, price, currency and capacity. set changes what is named, and keeps the rest.

Exit code: 0 done, 1 refused and nothing was changed (somebody else changed the event, tickets were sold),
2 bad argument or folder, 3 damaged, 4 a sync failed, 5 no database.`,
  );

await runCommand(command, async () => {
  const [action = '', id] = command.processedArgs as [string, string | undefined];
  const options = command.opts<Options>();
  const where = <T>(use: (editor: EventEditor) => Promise<T>, inFolder = editFolder<T>) =>
    options.url === undefined ? inFolder(use) : editServer(parseServerUrl(options.url), use);
  switch (action) {
    case 'list':
      return where((editor) => list(editor, id), readEvents);
    case 'add':
      return where((editor) => add(editor, idOf(id), options));
    case 'set':
      return where((editor) => change(editor, idOf(id), options));
    case 'remove':
      return where((editor) => remove(editor, idOf(id), options));
    default:
      throw new UserError(`it takes ${actions.join(', ')}, not ${JSON.stringify(action)}`);
  }
});

async function list(editor: EventEditor, id: string | undefined): Promise<number> {
  if (id === undefined) {
    for (const event of await editor.list()) printLine(describe(event));
    return exitCode.ok;
  }
  const event = await editor.find(id);
  if (event === undefined) throw unknown(id);
  const { price, ...members } = event;
  const { amount, currency } = price;
  for (const [name, value] of Object.entries({ ...members, price: amount, currency })) {
    if (typeof value !== 'object') printLine(`${name.padEnd(10)} ${printable(String(value))}`);
  }
  return exitCode.ok;
}

function describe({ id, name, startsAt, remaining, capacity }: ListedEvent): string {
  return `${startsAt}  ${id}  ${number(remaining)} of ${number(capacity)} left  ${printable(name)}`;
}

async function add(editor: EventEditor, eventId: string, options: Options): Promise<number> {
  const changes = changesOf(options);
  if (options.revision !== undefined) throw new UserError('--revision is for set and remove');
  const event = validDetails(changes);
  return report(eventId, await editor.edit({ kind: 'saveEvent', eventId, event }));
}

async function change(editor: EventEditor, eventId: string, options: Options): Promise<number> {
  const changes = changesOf(options);
  if (Object.keys(changes).length === 0) throw new UserError('name what to change, see --help');
  const found = await editor.find(eventId);
  if (found === undefined) throw unknown(eventId);
  const before = eventDetails.strip().parse(found);
  const event = validDetails({
    ...before,
    ...changes,
    price: { ...before.price, ...changes.price },
  });
  const revision = revisionOf(options) ?? found.revision;
  const command: SaveEvent = { kind: 'saveEvent', eventId, event, revision };
  return report(eventId, await editor.edit(command));
}

async function remove(editor: EventEditor, eventId: string, options: Options): Promise<number> {
  if (Object.keys(changesOf(options)).length > 0) {
    throw new UserError('remove takes --url and --revision alone');
  }
  const revision = revisionOf(options);
  const command: RemoveEvent = {
    kind: 'removeEvent',
    eventId,
    ...(revision !== undefined && { revision }),
  };
  return report(eventId, await editor.edit(command));
}

/** Prints what became of an edit. */
function report(id: string, result: EditResult): number {
  const refuse = (why: string): number => {
    process.stderr.write(`${why}: nothing was changed\n`);
    return exitCode.failed;
  };
  switch (result.kind) {
    case 'saved':
      printLine(`Saved ${id} as revision ${result.revision}.`);
      return exitCode.ok;
    case 'removed':
      printLine(`Removed ${id}.`);
      return exitCode.ok;
    case 'unknownEvent':
      throw unknown(id);
    case 'eventInUse':
      return refuse(`tickets of ${id} were sold or are held`);
    case 'capacityTooSmall':
      return refuse(`${number(result.taken)} tickets of ${id} are sold or held`);
    case 'revisionMismatch':
      return refuse(
        result.revision === 0
          ? `there is no event ${id} any more`
          : `${id} is there with revision ${result.revision}`,
      );
  }
}

function unknown(id: string): UserError {
  return new UserError(`there is no event ${JSON.stringify(id)}`);
}
