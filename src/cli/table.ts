import { color } from './colors.js';

type Style = Parameters<typeof color>[0];

/** What stands in one place of a table: the text, how it is painted. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export interface Column<Row> {
  /** One line or two. */
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => Cell | string;
}

const GAP = '  ';

/** Lays rows out in columns, as wide as their widest text, under a head and a rule. */
export function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const heads = columns.map(({ head }) => head.split('\n'));
  const headLines = Math.max(...heads.map((lines) => lines.length));
  const headOf = (line: number) =>
    // A short head stands at the bottom, right above its figures.
    heads.map((lines): Cell => ({ text: lines[line - headLines + lines.length] ?? '' }));
  const body = rows.map((row) => columns.map(({ cell }) => asCell(cell(row))));
  const lines = [...Array.from({ length: headLines }, (_, line) => headOf(line)), ...body];

  const widths = columns.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.text.length ?? 0)),
  );
  const print = (cells: readonly Cell[]) =>
    columns
      .map(({ align }, column) => pad(cells[column], widths[column] ?? 0, align))
      .join(GAP)
      .trimEnd();
  const judgeRun = widths.map((width) => '─'.repeat(width)).join('─'.repeat(GAP.length));
  return [
    ...lines.slice(0, headLines).map(print),
    color('dim', judgeRun),
    ...lines.slice(headLines).map(print),
  ].join('\n');
}

const asCell = (cell: Cell | string): Cell => (typeof cell === 'string' ? { text: cell } : cell);

/** Padded first and painted then: what paints has no width. */
function pad(cell: Cell | undefined, width: number, align: 'left' | 'right'): string {
  const text = cell?.text ?? '';
  const space = ' '.repeat(width - text.length);
  const painted = cell?.style === undefined ? text : color(cell.style, text);
  return align === 'left' ? painted + space : space + painted;
}
