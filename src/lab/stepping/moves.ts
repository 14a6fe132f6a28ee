import { type SteppedAction, steppedAction } from '../../timeline/stepped-run.js';
import { UserError } from '../../user-error.js';

/** What a learner does next: something to a process, or the end of the run. */
export type Move =
  | { readonly action: SteppedAction; readonly name: string }
  | { readonly action: 'quit' };

/** Each process may be called by its name or by its number. */
const names: Readonly<Record<string, string>> = { a: 'A', b: 'B', 1: 'A', 2: 'B' };

/**
 * Parses steps such as `a b stop a kill b quit`: the name of a process lets it make one step.
 *
 * @throws UserError for a word that is no step
 */
export function parseMoves(text: string): Move[] {
  const words = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const moves: Move[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === 'quit' || word === 'q') {
      moves.push({ action: 'quit' });
      continue;
    }
    const { data: action } = steppedAction.safeParse(word);
    const subject = action === undefined ? word : (words.shift() ?? '');
    const name = Object.hasOwn(names, subject) ? names[subject] : undefined;
    if (name === undefined) {
      const given = action === undefined ? word : `${word} ${subject}`.trim();
      throw new UserError(`"${given}" is no step: ${movesInWords}`);
    }
    moves.push({ action: action ?? 'step', name });
  }
  return moves;
}

const movesInWords = 'it takes a, b, stop a, continue a, kill a (the same with b), or quit';
