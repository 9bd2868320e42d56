/** Registries and repositories, as they answered last. */
import { html } from 'hono/html';
import type { StatusDocument, StatusRegistry, StatusRepository } from '../status/document.ts';
import { ago, type Html, moment } from './texts.ts';

export function registriesPart({ registries, at }: StatusDocument): Html {
  return html`<h2>Registries <span class="count">${registries.length}</span></h2>
<table><thead><tr><th scope="col">Host</th><th scope="col">Requests</th><th scope="col">Refused</th><th scope="col">No answer</th><th scope="col">Quota left</th><th scope="col">Last answer</th><th scope="col">Standing</th></tr></thead>
<tbody>${registries.map((registry) => registryRow(registry, at))}</tbody></table>`;
}

function registryRow(registry: StatusRegistry, at: string): Html {
  const { host, requests, refused, unanswered, lastAnswer, held } = registry;
  const last = lastAnswer === undefined ? '' : html`${lastAnswer.status}, ${moment(lastAnswer.at, at)}`;
  const standing =
    held === undefined
      ? html`<span class="state up-to-date">asked</span>`
      : html`<span class="state failing">held back</span>${held.until === undefined ? '' : ` for ${ago(at, held.until)}`}<p class="reason">${held.reason}</p>`;
  return html`<tr><th scope="row">${host}</th><td data-label="Requests">${requests}</td><td data-label="Refused">${refused}</td><td data-label="No answer">${unanswered}</td>
<td data-label="Quota left">${quotaText(registry, at)}</td><td data-label="Last answer">${last}</td><td data-label="Standing">${standing}</td></tr>`;
}

function quotaText({ quota }: StatusRegistry, at: string): string {
  if (quota === undefined) return '';
  const { left, limit, resetAt } = quota;
  const reset = resetAt === undefined || resetAt <= at ? '' : `, new in ${ago(at, resetAt)}`;
  return `${left}${limit === undefined ? '' : ` of ${limit}`}${reset}`;
}

export function repositoriesPart({ repositories, at }: StatusDocument): Html {
  return html`<h2>Repositories <span class="count">${repositories.length}</span></h2>
<table><thead><tr><th scope="col">Repository</th><th scope="col">Last look</th><th scope="col">Last push</th><th scope="col">Waiting for sync</th></tr></thead>
<tbody>${repositories.map((repository) => repositoryRow(repository, at))}</tbody></table>`;
}

function repositoryRow({ repository, lastFetch, lastPush, waiting }: StatusRepository, at: string): Html {
  return html`<tr><th scope="row">${repository}</th><td data-label="Last look">${doneText(lastFetch, at)}</td><td data-label="Last push">${doneText(lastPush, at)}</td><td data-label="Waiting for sync">${waiting}</td></tr>`;
}

function doneText(done: StatusRepository['lastPush'], at: string): Html {
  if (done === undefined) return html``;
  return done.ok
    ? html`${moment(done.at, at)}`
    : html`<span class="state failing">failed</span> ${moment(done.at, at)}`;
}
