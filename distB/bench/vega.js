import { loadPackage } from './peers/modules.js';
/** Makes what turns a specification into SVG. It needs no browser. */
export async function newPainter() {
    const { compile } = await loadPackage('vega-lite');
    const { parse, View } = await loadPackage('vega');
    return async (spec) => {
        const view = new View(parse(compile(spec).spec), { renderer: 'none' });
        try {
            return await view.toSVG();
        }
        finally {
            view.finalize();
        }
    };
}
//# sourceMappingURL=vega.js.map