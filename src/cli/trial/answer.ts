/** What `test` found out, as lines for people. */
import { unreachable } from '../../core/base/outcome.ts';
import { secretSourceText } from '../../core/config/keys/secret-source.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { reasonText } from '../../core/policy/reason-text.ts';
import { fullName, type ImageRef, imageText, versionText } from '../../core/image/image.ts';
import type { ImageNeed } from '../../core/decide/needs.ts';
import type { Trace } from '../../core/version/trace.ts';

/** A failed decision has no answer. */
export type Answered = Exclude<Decision, { readonly kind: 'failed' }>;

/** The choice, what runs, the login, and which rule dropped which tags. */
export function answerLines(decision: Answered, running: ImageRef, need: ImageNeed): readonly string[] {
  const runs = versionText(running);
  return [
    choiceLine(decision),
    row('image', fullName(running)),
    row('current', runs === '' ? 'none given' : runs),
    row('login', loginText(need)),
    ...traceRows(decision.trace),
  ];
}

function choiceLine(decision: Answered): string {
  switch (decision.kind) {
    case 'update':
      return `${imageText(decision.to)}${movement(decision)}`;
    case 'current': {
      const reason = decision.noChoice === undefined ? 'nothing newer' : decision.noChoice;
      return `${imageText(decision.at)} stays: ${reason}`;
    }
    case 'held':
    case 'waiting':
      return `${imageText(decision.wanted)} is withheld: ${reasonText(decision.reason)}`;
    case 'skipped':
      return `no tag is chosen: ${decision.message}`;
  }
  return unreachable(decision);
}

/** Whoever follows a tag goes neither up nor down. */
function movement({ image, from, direction }: Extract<Decision, { readonly kind: 'update' }>): string {
  const runs = from === undefined ? '' : versionText(from);
  if (runs === '') return '';
  if (image.strategy.kind === 'digest') return `, another digest than ${runs}`;
  return `, ${direction ?? 'up'} from ${runs}`;
}

/** The name of a login, never what it holds. */
function loginText({ credentials, endpoint }: ImageNeed): string {
  if (credentials !== undefined) return `${secretSourceText(credentials)}, of --credentials`;
  if (endpoint.credentials === undefined) return 'none';
  return `${secretSourceText(endpoint.credentials)}, of the registry ${endpoint.name}`;
}

function traceRows({ listed, dropped }: Trace): readonly string[] {
  const tags = listed === undefined ? [] : [row('tags', `${listed} in the registry`)];
  const rules = dropped.map(({ rule, count, examples }) => {
    const more = count > examples.length ? ', …' : '';
    return row('dropped', `${count} by ${rule}: ${examples.join(', ')}${more}`);
  });
  return [...tags, ...rules];
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(8)} ${text}`;
}
