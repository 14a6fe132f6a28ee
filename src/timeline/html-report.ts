import { conclusionOf, describeCompared } from './conclusion.js';
import { describeSetting } from './describe-setting.js';
import { drawRun } from './draw-run.js';
import { figureRows } from './figure-rows.js';
import type { Scenario } from './lab-catalogue.js';
import { escaped } from './markup.js';
import { processClass, splitByProcess } from './process-class.js';
import type { Run, Sentence } from './report.js';
import { spanKindsIn } from './span-kinds.js';

export interface HtmlPageOptions {
  /** The text of `timeline.css`: the colours and hatches of timelines, light and dark. */
  readonly timelineCss: string;
  /** The scenario of the runs, if they are of one. */
  readonly scenario?: Scenario | undefined;
}

/** A self-contained page: it opens from a disk and loads nothing else. Pure. */
export function htmlPage(runs: readonly Run[], { timelineCss, scenario }: HtmlPageOptions): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(runs.map(({ title }) => title).join(', '))} · Turnstile lab</title>
<style>${timelineCss}${css}</style>
</head>
<body>
<main>
<p class="setting">Turnstile lab</p>
${heading(scenario)}
${runs.map(section).join('\n')}
${conclusion(scenario, runs)}
</main>
</body>
</html>
`;
}

/** The title and the lesson of a scenario, above its runs. */
function heading(scenario: HtmlPageOptions['scenario']): string {
  if (scenario === undefined) return '';
  return `<h1>${escaped(scenario.title)}</h1>\n<p>${escaped(scenario.teaches)}</p>`;
}

/** What the runs of a scenario show together, below them. */
function conclusion(scenario: HtmlPageOptions['scenario'], runs: readonly Run[]): string {
  const concluded = scenario && conclusionOf(scenario, runs);
  if (concluded === undefined) return '';
  const { text, compared } = concluded;
  const line = compared && `<p><strong>${escaped(describeCompared(compared))}</strong></p>\n`;
  return `<h2>What the runs show</h2>\n${line ?? ''}<p>${escaped(text)}</p>`;
}

function section(run: Run, index: number): string {
  const { verdict, story, command } = run;
  const { highlighted, all } = drawRun(run, `run${index + 1}`);
  return `<section>
<h2>${escaped(run.title)}</h2>
<p class="setting">${escaped(describeSetting(run))}</p>
<p class="verdict ${verdict.ruling}"><strong>${verdict.ruling.toUpperCase()}</strong> ${escaped(verdict.because)}.</p>
<ol class="story">${story.map((each) => sentenceOf(each, run)).join('')}</ol>
<h3>Step by step</h3>
<p>The batches of the story, evenly spaced, because what matters is microseconds apart.</p>
<figure class="picture">${highlighted}</figure>
<ul class="legend">${spanKindsIn(run, 'full')
    .map(({ kind, means }) => `<li><span class="swatch ${kind}"></span>${escaped(means)}</li>`)
    .join('')}</ul>
<h3>The whole run</h3>
<p>Every batch, to scale.</p>
<figure class="picture">${all}</figure>
<h3>Figures</h3>
<table><tbody>${figureRows(run)
    .map(({ label, value }) => `<tr><th scope="row">${escaped(label)}</th><td>${value}</td></tr>`)
    .join('')}</tbody></table>
<p>Run it again: <code>${escaped(command)}</code></p>
</section>`;
}

/** A sentence, in which processes have their colours. */
function sentenceOf({ text, cause }: Sentence, { lanes }: Run): string {
  const names = lanes.map(({ name }) => name);
  const parts = splitByProcess(text, names).map((part) =>
    part.isProcess ? `<b class="${processClass(part.text)}">${part.text}</b>` : escaped(part.text),
  );
  return `<li${cause ? ' class="cause"' : ''}>${parts.join('')}</li>`;
}

const css = `
:root { color-scheme: light dark; --paper: #faf7f1; --card: #fffefb; --ink: #1e2430; --soft: #59606f; --line: #ddd5c6; --bad: #a8261c; --good: #1c6644; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --card: #1b1f26; --ink: #ebe7de; --soft: #a9aeb9; --line: #333944; --bad: #ff9583; --good: #82d3a6; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1102px; margin: 0 auto; padding: 1rem; }
h1 { margin-bottom: 0; }
h2, h3 { margin: 1.5rem 0 0; }
h3 + p, .setting { margin: 0; color: var(--soft); }
.verdict { font-size: 1.35rem; padding: 0.5rem 0.75rem; border-left: 6px solid var(--soft); background: var(--card); }
.verdict.broken { border-color: var(--bad); } .verdict.broken strong { color: var(--bad); }
.verdict.holds { border-color: var(--good); } .verdict.holds strong { color: var(--good); }
.story .who { color: var(--who); } .story .cause { font-weight: 600; }
.picture { margin: 0.6rem 0; padding: 10px; border: 1px solid var(--line); border-radius: 10px; overflow-x: auto; }
.legend { margin: 0; padding: 0; list-style: none; }
table { border-collapse: collapse; } th { text-align: left; font-weight: 400; padding-right: 2rem; } td { text-align: right; font-variant-numeric: tabular-nums; }
code { background: var(--card); padding: 0.1rem 0.35rem; }
`;
