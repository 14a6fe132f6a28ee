import type { Figures, Mark, Run, SpanKind } from '../timeline/report.js';
import { ms, number, serials } from './format.js';

/** Every text of the page. */
export const words = {
  name: 'Turnstile',
  skip: 'To the content',
  views: {
    lab: 'Race lab',
    'box-office': 'Box office',
    workers: 'Workers',
    ledger: 'Ledger',
  },
  nav: 'Views',
  foot: {
    docs: 'HTTP interface',
    store: (store: string, mode: string) => `This office: ${store} store, lock mode ${mode}`,
  },
  trouble: (why: string) => `The office does not answer: ${why}`,

  lab: {
    title: 'Two processes sell one ticket twice. See how.',
    lead: 'Every run here is real: processes that this machine starts, one file or one database that they share, and nothing between them but the lock that you choose.',
    idea: 'Both read “1 left” before either has written. Each sells the last ticket, and the second write erases the first. That is the idea; the button makes it happen.',
    ideaAbout:
      'Two lanes. Process A reads 1 left, then process B reads 1 left. A writes 0 left, then B writes 0 left and erases what A wrote.',
    ideaNames: ['process A', 'process B'],
    breakIt: 'Break it',
    breakItWith: (buyers: number, capacity: number) =>
      `${number(buyers)} buyers, ${number(capacity)} tickets, no lock.`,
    predict: 'Predict first: how many will be told “sold”?',
    predictHint: 'A number, if you like',
    run: 'Run',
    stop: 'Stop',
    again: 'Run it again',
    oneUp: 'The same run, one rung up',
    oneUpTo: (title: string) => `Next: ${title}`,
    top: 'This is the highest rung of the ladder.',
    link: 'A link to this run',
    linkNote: 'It holds the settings; whoever opens it makes the run again.',
    command: 'In a terminal',
    phases: {
      starting: 'Starting processes …',
      selling: 'Selling …',
      judging: 'Counting what was sold …',
    },
    ofRuns: (run: number, runs: number) => `Run ${number(run)} of ${number(runs)}. `,
    stopped: 'Stopped.',
    failed: (why: string) => `It failed: ${why}`,
    off: (why: string) => `The lab is closed on this office: ${why}. The box office is open.`,
    notHere: 'LAB is off, or other machines can ask it; LAB=on opens it',
    busy: 'Another experiment is running; there is room for one at a time. Try again in a moment.',
    choose: 'Choose what to run',
    ladder: 'The ladder',
    ladderLead: 'One thing changes from rung to rung.',
    rung: (rung: number) => `Rung ${rung}`,
    unavailable: (why: string) => `Not on this office: ${why}.`,
    scenarios: 'Scenarios',
    byHand: 'Set it by hand',
    fields: {
      store: 'Store',
      lockMode: 'Lock mode',
      batchMax: 'Buyers per lock turn, at most',
      buyers: 'Buyers',
      quantity: 'Tickets each wants',
      capacity: 'Tickets there are',
      workers: 'Processes that sell',
      windowMs: 'Pause between read and write, in ms',
    },
    expect: { holds: 'holds', broken: 'breaks', inconclusive: 'proves nothing' },
    rulings: { holds: 'Holds', broken: 'Broken', inconclusive: 'Nothing proved' },
    predicted: (guess: number, results: number) =>
      guess === results
        ? `You said ${number(guess)}. You were right.`
        : `You said ${number(guess)}. ${number(results)} were told “sold”.`,
    story: 'What happened',
    steps: 'Step by step',
    allBatches: (shown: number, all: number) =>
      shown === all
        ? `All ${number(all)} turns`
        : `The first ${number(shown)} of ${number(all)} turns`,
    leftOut: (batches: number) => `${number(batches)} more turns were not kept.`,
    noPair: 'No process read what another one wrote: there is nothing to point at.',
    figures: {
      toldSold: 'told “sold”',
      capacity: 'tickets there were',
      toldSoldOut: 'told “sold out”',
      left: 'left, it says',
      oversold: 'sold beyond',
      duplicates: 'with a number that somebody else has',
      lostUpdates: 'updates lost',
      withdrawn: 'off sale, and nobody’s',
      skipped: 'ledger lines skipped',
      unknown: 'without an answer',
      buysPerSecond: 'answers a second',
    } satisfies Partial<Record<keyof Figures, string>>,
    moreFigures: 'All figures',
    lockWait: 'wait for the lock, half of them / nearly all',
    lockWaitIs: (p50: number, p99: number) => `${ms(p50)} / ${ms(p99)}`,
    columns: {
      at: 'From',
      process: 'Process',
      step: 'Step',
      lasted: 'Took',
      file: 'What is kept: before → after',
      belief: 'It believes: before → after',
      read: 'Read',
      wrote: 'Wrote',
      serials: 'Sold numbers',
      refused: 'Told “sold out”',
    },
  },

  picture: {
    about: ({ title, verdict, lanes }: Run) =>
      `Timeline of ${title}, ${number(lanes.length)} ${lanes.length === 1 ? 'process' : 'processes'}: ${verdict.because}. What happened stands beside it, and in a table below.`,
    stage: 'Timeline. Press ? for its keys.',
    kinds: {
      waiting: { does: 'waits', long: 'waiting for the lock' },
      holding: { does: 'holds', long: 'holding the lock' },
      reading: { does: 'reads', long: 'reading what is left' },
      pausing: { does: 'pauses', long: 'pausing' },
      stopped: { does: 'stands still', long: 'standing still: the process was stopped' },
      deciding: { does: 'decides', long: 'deciding' },
      writing: { does: 'writes', long: 'writing' },
      noting: { does: 'notes', long: 'noting what buyers are told' },
      checking: { does: 'checks', long: 'checking whether its line counts' },
      syncing: { does: 'syncs', long: 'waiting for the disk' },
    } satisfies Record<SpanKind, { does: string; long: string }>,
    /** What is decided, in more words and in fewer. */
    sells: (numbers: readonly number[]) =>
      numbers.length === 1
        ? [`sells no. ${numbers[0]}`, `no. ${numbers[0]}`]
        : [`sells ${numbers.length}`, `${numbers.length}`],
    critical: 'in the critical section, with no lock',
    state: (verb: 'read' | 'wrote', left: number | undefined, version: number) =>
      left === undefined ? `${verb} version ${number(version)}` : `${verb} ${number(left)} left`,
    /** Between two columns there is less room than between two rows. */
    arrows: {
      erases: { across: 'erases', down: 'erases' },
      sees: { across: 'reads what was written', down: 'sees' },
      same: { across: 'both read the same', down: 'same' },
    },
    marks: {
      stopped: 'stopped',
      continued: 'goes on',
      killed: 'killed',
      started: 'started',
    } satisfies Record<Mark['kind'], string>,
    controls: 'How the timeline is shown',
    even: 'Even spacing',
    true: 'True scale',
    pair: 'The two turns',
    all: 'The whole run',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Show all',
    first: { lost: 'First error', handedOver: 'First hand-over' },
    previous: 'Previous read or write',
    next: 'Next read or write',
    help: 'Keys',
    legend: 'What the marks mean',
    hint: 'Point at a step to see it alone; click to keep it.',
    nobody: 'nothing yet',
    left: (left: number | undefined, version: number) =>
      left === undefined ? `version ${number(version)}` : `${number(left)} left`,
    lasted: (start: number, end: number) => `${ms(end - start)}, from ${ms(start)} to ${ms(end)}`,
    file: 'The file',
    belief: 'It believes',
    results: (serialsTold: readonly number[]) =>
      serialsTold.length === 0
        ? 'Nothing was sold in this turn.'
        : `Sold in this turn: number ${list(serialsTold)}.`,
    overtaken: 'Somebody else’s line came first: this one does not count.',
    partialBytes: 'It ended before this was done.',
  },

  help: {
    title: 'Keys of the timeline',
    close: 'Close',
    keys: [
      [']', 'on to the next of the two reads and the two writes'],
      ['[', 'back to the one before'],
      ['f', 'to the first error'],
      ['+', 'zoom in'],
      ['−', 'zoom out'],
      ['← →', 'move along time'],
      ['0', 'show all'],
      ['e', 'even spacing, or true scale'],
      ['w', 'the two turns, or the whole run'],
      ['Esc', 'let go of a step'],
      ['?', 'these keys'],
    ],
  },

  office: {
    title: 'Box office',
    lead: 'What is left, as it is sold. Whichever process sells it, every window sees it.',
    search: 'Search',
    searchHint: 'Name or venue',
    available: 'Only what can be bought',
    none: 'No event is like that.',
    more: 'More events',
    buy: 'Buy',
    buyOf: (name: string) => `Buy tickets for ${name}`,
    left: (capacity: number) => `of ${number(capacity)} left`,
    soldOut: 'Sold out',
    live: 'Live',
    lost: 'Connection lost; trying again',
  },
  purchase: {
    name: 'Your name',
    quantity: 'How many tickets',
    buy: 'Buy now',
    close: 'Close',
    again: 'Try again',
    askAgain: 'Ask again',
    waiting: 'Waiting for the lock …',
    sold: (numbers: readonly number[]) =>
      numbers.length === 1
        ? `Sold. Ticket number ${number(numbers[0] ?? 0)} is yours.`
        : `Sold. Tickets number ${serials(numbers[0] ?? 0, numbers.at(-1) ?? 0)} are yours.`,
    soldBy: (worker: number) => `Process ${worker} sold it.`,
    soldOut: (wanted: number, remaining: number) =>
      remaining === 0
        ? 'Sold out. Nothing was sold to you.'
        : `You asked for ${number(wanted)}, and ${number(remaining)} ${remaining === 1 ? 'is' : 'are'} left. Nothing was sold to you.`,
    busy: (title: string) => `Too busy: ${title}.`,
    refused: (title: string) => `Refused: ${title}.`,
    unknown:
      'Unknown. No answer came: the tickets may have been sold to you, or not. That is all that anybody can say.',
    unknownWithKey:
      'Asking again is safe: your order has a key, and the same key is sold only once.',
    unknownWithoutKey:
      'This store remembers no keys. Buying again may sell you twice as many; ask at the counter.',
  },
  orders: {
    title: 'My orders',
    lead: 'Kept in this browser, and nowhere else.',
    none: 'Nothing bought here yet.',
    tickets: (numbers: readonly number[]) =>
      numbers.length === 1
        ? `Ticket ${number(numbers[0] ?? 0)}`
        : `Tickets ${serials(numbers[0] ?? 0, numbers.at(-1) ?? 0)}`,
    unknown: 'Unknown',
    check: 'Check',
    checkOf: (name: string) => `Check the order for ${name}`,
    confirmed: 'The office confirms it.',
    missing: 'The office has no such order.',
    forget: 'Forget',
    forgetOf: (name: string) => `Forget the order for ${name}`,
    forgotten: 'Forgotten by this browser. The tickets stay sold.',
  },

  workers: {
    title: 'Workers',
    lead: 'The processes that sell. They share no memory: all that they know of each other is in one file.',
    columns: {
      name: 'Worker',
      pid: 'Process',
      state: 'State',
      uptime: 'Runs for',
      sales: 'Orders sold',
      lockWaits: 'Waited for the lock',
      restarts: 'Restarts',
      lastExit: 'Last end',
    },
    alive: 'alive',
    silent: 'silent',
    never: 'none',
    exit: (code: number | null, signal: string | null) => signal ?? `exit code ${code}`,
    primary: (pid: number) =>
      `Their primary is process ${pid}: it starts another one when one ends.`,
    verdict: {
      holds: (sold: number) => `Holds: ${number(sold)} sold, each of them once.`,
      broken: (sold: number, lost: number) =>
        `Broken: ${number(sold)} told "sold", ${number(lost)} lost ${lost === 1 ? 'update' : 'updates'}.`,
      inconclusive: () => 'Nothing proved yet: nothing, or too little, was sold.',
    },
    verdictTitle: 'So far',
  },

  ledger: {
    title: 'Ledger',
    lead: 'The newest commits, newest first. A line counts if it names the hash of the last line that counts; else it is skipped. With PostgreSQL each event has a chain of its own.',
    none: 'This ledger has no commits yet: buy something.',
    otherStore: (store: string) =>
      `This office keeps its tickets in the ${store} store, which chains nothing. To see a ledger:`,
    otherStoreCommand: 'STORE=ledger DATA_DIR=ledger-data npm start',
    commit: (seq: number) => `Commit ${number(seq)}`,
    by: (pid: number) => `process ${pid}`,
    sold: (eventId: string, first: number, last: number) => `${eventId}: ${serials(first, last)}`,
    hash: 'its hash',
    prev: 'extends',
    skipped: 'Skipped',
    skippedWhy:
      'It extends a line that another one extends, too, and the chain goes through that one.',
    torn: 'A line that is not whole: torn by a crash, and never counted.',
  },
} as const;

export type ViewName = keyof typeof words.views;

const LISTED_MAX = 6;

/** The first few of many numbers. */
function list(numbers: readonly number[]): string {
  const first = numbers.slice(0, LISTED_MAX).map(number).join(', ');
  return numbers.length > LISTED_MAX ? `${first} and ${numbers.length - LISTED_MAX} more` : first;
}
