import type { LabCatalogue } from '../../timeline/lab-catalogue.js';
import type { LevelSummary } from '../../timeline/stepped-run.js';
import { fetchJson, isTemporary } from '../api.js';
import { Backoff } from '../backoff.js';
import { fill, h } from '../dom.js';
import { describeLabError } from '../lab/lab-errors.js';
import { pythonLink } from '../python/python-link.js';
import { heading, type View, type ViewContext } from '../view.js';
import { addressOf, describeLevel, firstOpen, levelList, levelNamed } from './level-links.js';
import { LevelPage } from './level-page.js';
import { loadProgress } from './level-progress.js';

const text = {
  title: 'You decide which process moves next',
  lead: 'Two real processes, A and B, sell from one file. Each waits before every step until you let it go on. Find the order of steps that breaks it.',
  loading: 'Loading …',
  noLevel: 'There is no such level. These are the levels:',
  start: (level: LevelSummary) => `${describeLevel(level)}: ${level.title}`,
};

/** The levels: a list of them or, if the address names one, that level. */
export const levelsView: View = (context) => {
  const { root, query } = context;
  const isOverview = !query.has('level');
  const title = isOverview ? text.title : `Level ${query.get('level')}`;
  const header = heading(title, isOverview ? text.lead : text.loading);
  const errorLine = h('p', { class: 'error', role: 'status' });
  root.append(header, errorLine);
  const backoff = new Backoff();
  let page: LevelPage | undefined;
  let isClosed = false;
  const load = async () => {
    try {
      const { levels } = await fetchJson<LabCatalogue>('/lab/scenarios');
      if (isClosed) return;
      fill(errorLine);
      page = show(context, header, levels);
    } catch (error) {
      if (isClosed) return;
      fill(errorLine, describeLabError(error));
      if (isTemporary(error)) backoff.retry(() => void load());
    }
  };
  void load();
  return () => {
    isClosed = true;
    backoff.cancel();
    page?.close();
  };
};

function show(
  context: ViewContext,
  header: HTMLElement,
  levels: readonly LevelSummary[],
): LevelPage | undefined {
  const { root, query } = context;
  const level = levelNamed(levels, query);
  if (level !== undefined) return new LevelPage(context, header, levels, level);
  const progress = loadProgress();
  const next = firstOpen(levels, progress);
  if (query.has('level')) fill(header.querySelector('.lead') as Element, text.noLevel);
  root.append(
    ...(next === undefined
      ? []
      : [
          h(
            'p',
            { class: 'start-level' },
            h('a', { class: 'button', href: addressOf(next) }, text.start(next)),
          ),
        ]),
    levelList(levels, progress),
    pythonLink(),
  );
  return undefined;
}
