import type { LevelSummary } from '../../timeline/stepped-run.js';
import { h } from '../dom.js';
import { keyOf, type LevelName, type LevelResult, type Progress } from './level-progress.js';

const results: Readonly<Record<LevelResult, string>> = {
  won: 'won',
  explained: 'cannot be won',
};

/** The address of a level. */
export const addressOf = ({ level, variant }: LevelName): string =>
  `#levels?level=${level}${variant === undefined ? '' : `&variant=${variant}`}`;

/** The level that an address names. */
export const levelNamed = (
  levels: readonly LevelSummary[],
  query: URLSearchParams,
): LevelSummary | undefined =>
  levels.find(
    ({ level, variant }) =>
      String(level) === query.get('level') && (variant ?? null) === query.get('variant'),
  );

/** `Level 8, sorted`. */
export const describeLevel = ({ level, variant }: LevelName): string =>
  variant === undefined ? `Level ${level}` : `Level ${level}, ${variant}`;

/** The levels in order, each with its goal and the learner's result. */
export const levelList = (levels: readonly LevelSummary[], progress: Progress): HTMLElement =>
  h('ol', { class: 'level-list' }, ...levels.map((each) => levelItem(each, progress)));

function levelItem(level: LevelSummary, progress: Progress): HTMLElement {
  const result = progress[keyOf(level)];
  return h(
    'li',
    {},
    h(
      'a',
      { href: addressOf(level) },
      h('span', { class: 'number' }, level.level),
      h('span', { class: 'choice-title' }, level.title),
      result !== undefined && h('span', { class: `result ${result}` }, results[result]),
      h('span', { class: 'choice-about' }, level.goal),
    ),
  );
}

/** Links to all levels in one row, for a level's page. */
export function levelStrip(
  levels: readonly LevelSummary[],
  shown: LevelSummary,
  progress: Progress,
): HTMLElement {
  const links = levels.map((each) => {
    const result = progress[keyOf(each)];
    return h(
      'a',
      {
        href: addressOf(each),
        class: result,
        title: each.title,
        'aria-current': each === shown && 'page',
        'aria-label': `${describeLevel(each)}: ${each.title}${result === undefined ? '' : `, ${results[result]}`}`,
      },
      each.variant === undefined ? each.level : `${each.level} ${each.variant}`,
    );
  });
  return h('nav', { class: 'level-strip', 'aria-label': 'Levels' }, ...links);
}

/** The first level that is neither won nor explained. */
export const firstOpen = (
  levels: readonly LevelSummary[],
  progress: Progress,
): LevelSummary | undefined => levels.find((each) => progress[keyOf(each)] === undefined);
