/** The table of Applications, with what narrows and orders it. */
import { html } from 'hono/html';
import {
  imageStates,
  type StatusApplication,
  type StatusDocument,
  type StatusImage,
} from '../status/document.ts';
import { type Html, lasting, moment } from './texts.ts';
import { hrefOf, type Shown, sortings, type View } from '../status/view.ts';

const stateTexts = {
  failing: 'failing',
  waiting: 'waiting for sync',
  'would-change': 'would change',
  held: 'held',
  skipped: 'skipped',
  'up-to-date': 'up to date',
} as const satisfies Record<StatusImage['state'], string>;

export function applicationsPart(document: StatusDocument, view: View, shown: Shown): Html {
  return html`<section id="applications">
<h2>Applications <span class="count" data-live="count">${countText(shown)}</span></h2>
${view.app === undefined ? filterForm(view) : html`<p><a href="?" data-view>all Applications</a></p>`}
<div data-live="applications">
${table(document, view)}
${document.applications.length === 0 ? html`<p class="none">${noneText(view)}</p>` : ''}
${pagesPart(shown, view)}
</div>
</section>`;
}

function countText({ all, matching }: Shown): string {
  return matching === all ? String(matching) : `${matching} of ${all}`;
}

function noneText({ app, words, state }: View): string {
  if (app !== undefined) return `${app} is not known: is it spelt namespace/name, and has it an image-list?`;
  return words === '' && state === '' ? 'No Application has been looked at yet.' : 'No Application matches.';
}

function filterForm({ words, state, sorting }: View): Html {
  const option = (value: string, text: string, chosen: string) =>
    html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`;
  return html`<form method="get" action="" role="search">
<input type="search" name="q" value="${words}" placeholder="Application, image, version" aria-label="filter" autocomplete="off">
<select name="state" aria-label="state">${option('', 'every state', state)}${imageStates.map((each) => option(each, stateTexts[each], state))}</select>
<select name="sort" aria-label="order">${sortings.map((each) => option(each, `by ${sortTexts[each]}`, sorting))}</select>
<button>Show</button>
</form>`;
}

const sortTexts = { state: 'state', name: 'name', since: 'newest state', change: 'newest change' } as const;

function table({ applications, at }: StatusDocument, view: View): Html {
  const heading = (text: string, sorting: View['sorting']) =>
    html`<th scope="col"${sorting === view.sorting ? html` aria-sort="descending"` : ''}><a href="${hrefOf(view, { sorting, page: 0 })}" data-view>${text}</a></th>`;
  return html`<table>
<thead><tr>${heading('Application', 'name')}<th scope="col">Image</th><th scope="col">Running</th><th scope="col">In Git</th><th scope="col">Wanted</th><th scope="col">Rule</th>${heading('Last change', 'change')}${heading('State', 'state')}</tr></thead>
${applications.map((application) => group(application, at))}
</table>`;
}

/** All images of one Application; a row says what is wrong with it as a whole. */
function group(application: StatusApplication, at: string): Html {
  const { name, images, state, reason, since } = application;
  const isToldByImage = images.some((image) => image.reason === reason);
  return html`<tbody id="${name}">
${images.map((image, index) => imageRow(application, image, index === 0, at))}
${images.length === 0 || (reason !== undefined && !isToldByImage) ? wholeRow(name, images.length === 0, { state, reason, since }, at) : ''}
</tbody>`;
}

function nameCell(name: string): Html {
  return html`<th scope="row"><a href="?app=${encodeURIComponent(name)}" data-view>${name}</a></th>`;
}

function imageRow({ name }: StatusApplication, image: StatusImage, isFirst: boolean, at: string): Html {
  const { alias, image: entry, running = '', git = '', wanted = '', rule = '' } = image;
  const label =
    alias === '' ? html`${entry}` : html`<b>${alias}</b> <small>${entry.slice(alias.length + 1)}</small>`;
  return html`<tr>${isFirst ? nameCell(name) : html`<th></th>`}
<td data-label="Image">${label}</td>${versionCell('Running', running)}${versionCell('In Git', git)}${versionCell('Wanted', wanted)}
<td data-label="Rule">${rule}</td><td data-label="Last change">${changeText(image, at)}</td>${stateCell(image, at)}</tr>`;
}

function wholeRow(
  name: string,
  isNamed: boolean,
  standing: Pick<StatusApplication, 'state' | 'reason' | 'since'>,
  at: string,
): Html {
  return html`<tr>${isNamed ? nameCell(name) : html`<th></th>`}<td class="empty" colspan="6"></td>${stateCell(standing, at)}</tr>`;
}

/** A digest is cut: its title has it whole. */
function versionCell(label: string, version: string): Html {
  const short = version.replace(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/, '$1…');
  return html`<td data-label="${label}" class="version" title="${version}">${short}</td>`;
}

function stateCell(
  { state, reason = '', since }: Pick<StatusImage, 'state' | 'reason' | 'since'>,
  at: string,
): Html {
  return html`<td data-label="State"><span class="state ${state}">${stateTexts[state]}</span> <small>${lasting(since, at)}</small>${reason === '' ? '' : html`<p class="reason">${reason}</p>`}</td>`;
}

function changeText({ lastChange }: StatusImage, at: string): Html {
  if (lastChange === undefined) return html``;
  const { from, to, commit, branch = '', repository = '' } = lastChange;
  const place = commit === undefined ? 'live' : commit.slice(0, 8);
  return html`${from === '' ? '' : html`${shortVersion(from)} &rarr; `}${shortVersion(to)}<br><small><code title="${`${commit ?? ''} ${branch} ${repository}`.trim()}">${place}</code> ${moment(lastChange.at, at)}</small>`;
}

function shortVersion(version: string): string {
  return version.replace(/^(sha256:[0-9a-f]{8})[0-9a-f]{56}$/, '$1…');
}

function pagesPart({ pages, page, matching }: Shown, view: View): Html {
  if (pages === 1) return html``;
  const link = (to: number, text: string) =>
    to < 0 || to >= pages
      ? html`<span>${text}</span>`
      : html`<a href="${hrefOf(view, { page: to })}" data-view>${text}</a>`;
  return html`<nav aria-label="pages">${link(page - 1, 'Before')} page ${page + 1} of ${pages}, ${matching} Applications ${link(page + 1, 'After')}</nav>`;
}
