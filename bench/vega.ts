import { loadPackage } from './peers/modules.js';

/** A Vega-Lite specification. */
export type Spec = Readonly<Record<string, unknown>>;

/** What is used of vega-lite and vega. */
interface VegaLite {
  compile(spec: Spec): { readonly spec: object };
}
interface View {
  toSVG(): Promise<string>;
  finalize(): void;
}
interface Vega {
  parse(spec: object): object;
  readonly View: new (runtime: object, options: { renderer: 'none' }) => View;
}

/** Makes what turns a specification into SVG. It needs no browser. */
export async function newPainter(): Promise<(spec: Spec) => Promise<string>> {
  const { compile } = await loadPackage<VegaLite>('vega-lite');
  const { parse, View } = await loadPackage<Vega>('vega');
  return async (spec) => {
    const view = new View(parse(compile(spec).spec), { renderer: 'none' });
    try {
      return await view.toSVG();
    } finally {
      view.finalize();
    }
  };
}
