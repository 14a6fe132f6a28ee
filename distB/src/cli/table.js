import { paint } from './paint.js';
const GAP = '  ';
/** Lays rows out in columns, as wide as their widest text, under a head and a rule. */
export function layOut(columns, rows) {
    const heads = columns.map(({ head }) => head.split('\n'));
    const headLines = Math.max(...heads.map((lines) => lines.length));
    const headOf = (line) => 
    // A short head stands at the bottom, right above its figures.
    heads.map((lines) => ({ text: lines[line - headLines + lines.length] ?? '' }));
    const body = rows.map((row) => columns.map(({ cell }) => asCell(cell(row))));
    const lines = [...Array.from({ length: headLines }, (_, line) => headOf(line)), ...body];
    const widths = columns.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.text.length ?? 0)));
    const print = (cells) => columns
        .map(({ align }, column) => pad(cells[column], widths[column] ?? 0, align))
        .join(GAP)
        .trimEnd();
    const rule = widths.map((width) => '─'.repeat(width)).join('─'.repeat(GAP.length));
    return [
        ...lines.slice(0, headLines).map(print),
        paint('dim', rule),
        ...lines.slice(headLines).map(print),
    ].join('\n');
}
const asCell = (cell) => (typeof cell === 'string' ? { text: cell } : cell);
/** Padded first and painted then: what paints has no width. */
function pad(cell, width, align) {
    const text = cell?.text ?? '';
    const space = ' '.repeat(width - text.length);
    const painted = cell?.style === undefined ? text : paint(cell.style, text);
    return align === 'left' ? painted + space : space + painted;
}
//# sourceMappingURL=table.js.map