import { styleText } from 'node:util';
/** Paints a text for stdout, or leaves it plain where colours are not wanted. */
export function paint(style, text) {
    // `hasColors` honours NO_COLOR and FORCE_COLOR; a pipe or a file has no such method.
    return process.stdout.isTTY && process.stdout.hasColors() ? styleText(style, text) : text;
}
const styleOf = {
    holds: ['green', 'bold'],
    broken: ['red', 'bold'],
    inconclusive: ['yellow', 'bold'],
};
/** A ruling, large: the first word of a verdict. */
export const paintRuling = (ruling) => paint(styleOf[ruling], ruling.toUpperCase());
/** `1 ticket`, `2 tickets`, `1,104 tickets`. */
export const count = (number, noun) => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
//# sourceMappingURL=paint.js.map