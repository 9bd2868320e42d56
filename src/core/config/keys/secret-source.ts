/** Where a credential comes from (`pullsecret:`, `secret:`, `env:`, `ext:`), and what a fetched one holds. */
import { configFailure, fail, type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';

export type SecretSource =
  | { readonly kind: 'pullsecret'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string; readonly field: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'ext'; readonly path: string };

/** What a registry is asked with. `identityToken` is an OAuth2 refresh token of a Docker config. */
export interface RegistryCredential {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string;
}

const allowedSources =
  'pullsecret:<namespace>/<name>, secret:<namespace>/<name>#<field>, env:<variable>, ext:</absolute/path>';

/**
 * `[registry=]type:definition`, the type in any case, blanks around each part ignored. The registry
 * is accepted and unused. Whether an `ext` path is absolute is found out when it is run.
 * Source: images.md 9.1.
 */
export function parseSecretSource(text: string): Outcome<SecretSource> {
  const parts = definitionOf(text).split(':');
  const [type = '', definition = ''] = parts.map((part) => part.trim());
  const reader = readers.get(type.toLowerCase());
  const source = parts.length === 2 && definition !== '' ? reader?.(definition) : undefined;
  if (source !== undefined) return succeed(source);
  // What stands behind an unknown type may be a password.
  const shown = reader === undefined && parts.length > 1 ? `${type}:…` : text;
  return fail(configFailure(`credential source ${quoted(shown)}: expected one of ${allowedSources}`));
}

/** As it is written: `secret:argocd/registry#creds`. */
export function secretSourceText(source: SecretSource): string {
  switch (source.kind) {
    case 'pullsecret':
      return `pullsecret:${source.namespace}/${source.name}`;
    case 'secret':
      return `secret:${source.namespace}/${source.name}#${source.field}`;
    case 'env':
      return `env:${source.name}`;
    case 'ext':
      return `ext:${source.path}`;
  }
}

/** What a source that can never be read was probably meant for; undefined: it may be read. */
export function sourceMistake(source: SecretSource): string | undefined {
  switch (source.kind) {
    case 'env': {
      const name = /^\$(?:\{(.*)\}|\((.*)\)|(.*))$/s
        .exec(source.name)
        ?.slice(1)
        .find((part) => part !== undefined);
      return name === undefined
        ? undefined
        : `the name of the variable is written; did you mean env:${name}?`;
    }
    case 'ext':
      return source.path.startsWith('/')
        ? undefined
        : 'the path of the program has to be absolute, such as ext:/scripts/login.sh';
    case 'pullsecret':
      return source.name.includes('#')
        ? `a pull secret has no field; did you mean pullsecret:${source.namespace}/${source.name.split('#', 1)[0]}?`
        : undefined;
    case 'secret':
      return undefined;
  }
}

/** The text behind a leading `registry=`. */
function definitionOf(text: string): string {
  const equals = text.indexOf('=');
  const isPrefixed = equals > 0 && equals < text.length - 1;
  return isPrefixed ? text.slice(equals + 1) : text;
}

const readers: ReadonlyMap<string, (definition: string) => SecretSource | undefined> = new Map([
  ['pullsecret', readPullSecret],
  ['secret', readSecret],
  ['env', (name: string): SecretSource => ({ kind: 'env', name })],
  ['ext', (path: string): SecretSource => ({ kind: 'ext', path })],
]);

function readPullSecret(definition: string): SecretSource | undefined {
  const secret = readSecretName(definition);
  return secret === undefined ? undefined : { kind: 'pullsecret', ...secret };
}

function readSecret(definition: string): SecretSource | undefined {
  const [name = '', field = '', ...more] = definition.split('#').map((part) => part.trim());
  const secret = readSecretName(name);
  return secret === undefined || field === '' || more.length > 0
    ? undefined
    : { kind: 'secret', ...secret, field };
}

/** `namespace/name`; undefined unless both are there and neither is a step in a URL path. */
export function readSecretName(
  text: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const [namespace = '', name = '', ...more] = text.split('/').map((part) => part.trim());
  if (more.length > 0 || isPathStep(namespace) || isPathStep(name)) return undefined;
  return { namespace, name };
}

function isPathStep(text: string): boolean {
  return text === '' || text === '.' || text === '..';
}

/**
 * Cuts a fetched text at its first `:`, without the line ends behind it. A variable must have both
 * parts; a field of a Secret or a program's output may leave one empty (K-20 to K-27). The failure
 * tells nothing of the text.
 */
export function splitUserPassword(text: string, kind: 'secret' | 'env' | 'ext'): Outcome<RegistryCredential> {
  const trimmed = trimLineEnd(text);
  const colon = trimmed.indexOf(':');
  if (colon < 0)
    return fail(configFailure('credentials must have the form <user>:<password>; there is no ":"'));
  const username = trimmed.slice(0, colon);
  const password = trimmed.slice(colon + 1);
  if (kind === 'env' && (username === '' || password === '')) {
    return fail(configFailure('credentials must have the form <user>:<password>, neither of them empty'));
  }
  return checkCredential({ username, password });
}

/**
 * A login with a control character in it is none: it is the output of a program such as `env`, a certificate, a whole
 * Secret, and would be sent to a registry. The failure tells nothing of the text.
 */
export function checkCredential(credential: RegistryCredential): Outcome<RegistryCredential> {
  const { username, password, identityToken = '' } = credential;
  if (!/\p{Cc}/u.test(username + password + identityToken)) return succeed(credential);
  return fail(
    configFailure('credentials must be one line <user>:<password>; there is a control character in it'),
  );
}

/** Secrets made from files end in a line break that is no part of the password. */
export function trimLineEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
  return text.slice(0, end);
}
