/** The status as one HTML page that needs nothing else, neither files nor scripts. */
import { html, raw } from 'hono/html';
import { applicationsPart } from './applications.ts';
import { registriesPart, repositoriesPart } from './servers.ts';
import { ago, type Html, lasting, moment } from './texts.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';
import type { StatusDocument, StatusProblem } from '../status/document.ts';
import { type Shown, type View, hrefOf } from '../status/view.ts';

/** Seconds between two looks without scripts; the script looks more often. */
const refreshSeconds = 15;

export function statusPage(document: StatusDocument, view: View, shown: Shown): Html {
  const broken = document.problems.filter(({ level }) => level !== 'info');
  const notes = document.problems.filter(({ level }) => level === 'info');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${broken.length === 0 ? '' : `(${broken.length}) `}Tidewaiter</title>
<style>${raw(pageStyle)}</style>
<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>
</head>
<body>
<header data-live="head">${head(document, broken.length)}</header>
<main>
<section data-live="problems">${problemsPart(broken, document.at, 'Problems')}</section>
${applicationsPart(document, view, shown)}
<section data-live="registries">${registriesPart(document)}</section>
<section data-live="repositories">${repositoriesPart(document)}</section>
<section data-live="notes">${notes.length === 0 ? '' : problemsPart(notes, document.at, 'Notes')}</section>
</main>
<footer><a href="status.json">status.json</a> &middot; <a href="metrics">metrics</a></footer>
<script>${raw(pageScript)}</script>
</body>
</html>
`;
}

function head(document: StatusDocument, problems: number): Html {
  const { version, startedAt, at, lastCycle, leader } = document;
  const mood = document.state === 'stuck' ? 'bad' : problems > 0 && leader?.leads !== false ? 'warn' : 'good';
  return html`<div class="title"><h1><a href="${hrefOf(everything, {})}">Tidewaiter</a></h1>
<span class="badge ${mood}">${moodText(document, problems)}</span>${document.dryRun ? html` <span class="badge">dry run</span>` : ''}</div>
<dl class="facts">
<div><dt>Last cycle</dt><dd>${lastCycle === undefined ? 'none yet' : html`${moment(lastCycle.startedAt, at)}, took ${seconds(lastCycle.durationMs)}`}</dd></div>
<div><dt>Next cycle</dt><dd>${nextText(document)}</dd></div>
<div><dt>Applications</dt><dd>${lastCycle?.applications ?? 0}, ${lastCycle?.images ?? 0} images</dd></div>
<div><dt>Last cycle did</dt><dd>${lastCycle?.updated ?? 0} updated, ${lastCycle?.skipped ?? 0} skipped, ${lastCycle?.errors ?? 0} failed</dd></div>
${
  leader === undefined
    ? ''
    : html`<div><dt>Leader</dt><dd>${leader.leads ? 'this replica' : (leader.name ?? 'nobody')}</dd></div>
`
}<div><dt>Version</dt><dd>${version}</dd></div>
<div><dt>Up</dt><dd>${ago(startedAt, at)}</dd></div>
</dl>
<p class="lost" hidden>No answer since <time></time>. What you see is old.</p>`;
}

const everything: View = { words: '', state: '', sorting: 'state', page: 0 };

function moodText({ state, stateSince, at, leader }: StatusDocument, problems: number): string {
  if (leader?.leads === false) return 'stands by';
  if (state === 'stuck') return `stuck for ${ago(stateSince ?? at, at)}`;
  const doing = state === 'working' ? 'working' : 'healthy';
  if (problems === 0) return doing;
  return `${state === 'working' ? 'working, ' : ''}${problems} problem${problems === 1 ? '' : 's'}`;
}

function nextText({ state, nextCycleAt, at, leader }: StatusDocument): string {
  if (leader?.leads === false) return 'when this replica leads';
  if (state !== 'resting') return 'this one runs';
  return nextCycleAt === undefined ? 'when a webhook asks' : `in ${ago(at, nextCycleAt)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** More than these are behind a click: what follows is to be seen too. */
const fewProblems = 8;

function problemsPart(problems: readonly StatusProblem[], at: string, title: string): Html {
  const count = problems.length === 0 ? 'none' : String(problems.length);
  const items = problems.map((problem, index) => problemItem(problem, at, `${title}-${index}`));
  const rest = items.slice(fewProblems);
  return html`<h2>${title} <span class="count">${count}</span></h2>
<ul class="problems">${items.slice(0, fewProblems)}</ul>
${rest.length === 0 ? '' : html`<details data-open="${title}"><summary>${rest.length} more</summary><ul class="problems">${rest}</ul></details>`}`;
}

/** More places than this are behind a click. */
const fewNames = 3;

function problemItem(problem: StatusProblem, at: string, id: string): Html {
  const { level, code, message, advice, since, applications, about } = problem;
  const places = Object.entries(about).map(
    ([name, value]) => html`<span class="about">${name} <b>${value}</b></span> `,
  );
  return html`<li class="${level}">
<p class="message">${code === undefined ? '' : html`<code>${code}</code> `}${message}</p>
${advice === undefined ? '' : html`<p class="advice">${advice}</p>`}
<p class="places">${places}<span class="since">${lasting(since, at)}</span></p>
${applications.length === 0 ? '' : namesOf(applications, id)}
</li>`;
}

function namesOf(applications: readonly string[], id: string): Html {
  const links = applications.map(
    (name) => html`<a href="${hrefOf(everything, { app: name })}" data-view>${name}</a> `,
  );
  if (applications.length <= fewNames) return html`<p class="names">${links}</p>`;
  return html`<details data-open="${id}"><summary>${applications.length} Applications</summary><p class="names">${links}</p></details>`;
}
