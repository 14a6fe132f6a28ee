/** How many colours there are for processes; `timeline.css` has them. */
const COLOURS = 6;

/** The class that gives a process its colour, everywhere: `who who-1` for A. */
export const processClass = (name: string): string =>
  `who who-${((name.charCodeAt(0) - 65) % COLOURS) + 1}`;

/** A part of a text: the name of a process, or what is between two names. */
export interface TextPart {
  readonly text: string;
  readonly isProcess: boolean;
}

/** Finds the names of processes in a sentence. Sentences have no other words of one capital letter. */
export function splitByProcess(text: string, names: readonly string[]): TextPart[] {
  const known = new Set(names);
  return text
    .split(/\b([A-Z]\d*)\b/)
    .filter((part) => part !== '')
    .map((part) => ({ text: part, isProcess: known.has(part) }));
}
