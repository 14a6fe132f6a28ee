import { color } from './colors.js';

type Style = Parameters<typeof color>[0];

/** The content of a table cell. */
export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export interface Column<Row> {
  /** One or two lines. */
  readonly head: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => Cell | string;
}

const GAP = '  ';

/** Formats rows as a table with a head; each column is as wide as its widest text. */
export function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const heads = columns.map(({ head }) => head.split('\n'));
  const headHeight = Math.max(...heads.map((lines) => lines.length));
  // A head with fewer lines is aligned to the bottom.
  const headLine = (line: number) =>
    heads.map((lines): Cell => ({ text: lines[line - headHeight + lines.length] ?? '' }));
  const head = Array.from({ length: headHeight }, (_, line) => headLine(line));
  const body = rows.map((row) => columns.map(({ cell }) => toCell(cell(row))));

  const widths = columns.map((_, column) =>
    Math.max(...[...head, ...body].map((cells) => cells[column]?.text.length ?? 0)),
  );
  const format = (cells: readonly Cell[]) =>
    columns
      .map(({ align }, column) => pad(cells[column], widths[column] ?? 0, align))
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('─'.repeat(GAP.length));
  return [...head.map(format), color('dim', rule), ...body.map(format)].join('\n');
}

const toCell = (cell: Cell | string): Cell => (typeof cell === 'string' ? { text: cell } : cell);

/** Pads before styling, because escape codes have no width. */
function pad(cell: Cell | undefined, width: number, align: 'left' | 'right'): string {
  const text = cell?.text ?? '';
  const space = ' '.repeat(width - text.length);
  const styled = cell?.style === undefined ? text : color(cell.style, text);
  return align === 'left' ? styled + space : space + styled;
}
