/** A part of a sentence in Markdown. */
export interface Part {
  readonly kind: 'text' | 'code' | 'emphasis' | 'link';
  readonly text: string;
}

/** A row of docs/FROM-PYTHON.md: what Python calls it, what it is here, and where to look. */
export type PythonRow = readonly [
  python: readonly Part[],
  here: readonly Part[],
  where: readonly Part[],
];

/** The rows of the table in docs/FROM-PYTHON.md. Pure. */
export const pythonRows = (markdown: string): PythonRow[] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1) // the titles of the columns
    .map((line) => {
      const [, python = '', here = '', where = ''] = line.split(/ ?\| ?/);
      return [partsOf(python), partsOf(here), partsOf(where)];
    });

const inline = /`(?<code>[^`]+)`|\*(?<emphasis>[^*]+)\*|\[(?<link>[^\]]+)\]\([^)]+\)/g;

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    parts.push({ kind: 'text', text: text.slice(end, match.index) });
    for (const kind of ['code', 'emphasis', 'link'] as const) {
      const found = match.groups?.[kind];
      if (found !== undefined) parts.push({ kind, text: found });
    }
    end = match.index + match[0].length;
  }
  parts.push({ kind: 'text', text: text.slice(end) });
  return parts.filter((part) => part.text !== '');
}

/** What an address calls an option of `npm run lab`, where the names differ. */
const namesInAddress: Readonly<Record<string, string>> = {
  mode: 'lockMode',
  window: 'windowMs',
  batch: 'batchMax',
};

/**
 * The address at which the page runs what options of `npm run lab` run: `--level 8 --variant sorted`.
 *
 * @returns `undefined` for any other text
 */
export function addressOfOptions(text: string): string | undefined {
  if (!/^(--[a-z]+ [\w-]+( |$))+$/.test(text)) return undefined;
  const options = [...text.matchAll(/--([a-z]+) ([\w-]+)/g)].map(([, name = '', value = '']) => [
    namesInAddress[name] ?? name,
    value,
  ]);
  const query = new URLSearchParams(options);
  return `#${query.has('level') ? 'levels' : 'lab'}?${query}`;
}
