import type { Spec } from './vega.js';

/** A picture of a group. */
export interface SummaryInput {
  /** Of the file, without its ending. */
  readonly name: string;
  /** The group that it shows. */
  readonly group: string;
  readonly title: string;
  readonly spec: Spec;
}

/** How wide every plot is, without its labels. */
export const WIDTH = 560;

/** What all plots have in common. */
export const shared = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  // Its own ground: the page around it may be dark.
  background: '#ffffff',
  padding: 16,
  config: {
    font: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
    axis: {
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: 'normal',
      labelColor: '#1f2328',
      titleColor: '#1f2328',
      gridColor: '#e5e7eb',
      labelLimit: 0,
    },
    legend: {
      labelFontSize: 12,
      orient: 'top',
      title: null,
      labelColor: '#1f2328',
      labelLimit: 0,
      columns: 5,
      symbolSize: 90,
      symbolOpacity: 1, // the first layer that uses a colour may be faint
    },
    title: {
      fontSize: 15,
      anchor: 'start',
      color: '#1f2328',
      subtitleColor: '#57606a',
      offset: 12,
    },
    view: { stroke: null },
  },
};

export const title = (text: string, subtitle: string) => ({ title: { text, subtitle } });
