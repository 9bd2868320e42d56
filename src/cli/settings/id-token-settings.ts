/** Which ID tokens of Google prove that Artifact Registry sends a webhook: flags -> settings. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';

export interface IdTokenSettings {
  readonly audience: string;
  /** Of service accounts, in lower case; at least one. */
  readonly emails: readonly string[];
  /** Where the public keys are, https. */
  readonly keysUrl: string;
}

interface IdTokenValues {
  readonly 'gar-webhook-audience': string;
  readonly 'gar-webhook-email': readonly string[];
  readonly 'gar-webhook-keys-url': string;
}

/** undefined: no tokens are taken. Everybody can have a token for any audience: an address is asked for besides. */
export function readIdTokens(values: IdTokenValues): Outcome<IdTokenSettings | undefined> {
  const audience = values['gar-webhook-audience'].trim();
  const emails = values['gar-webhook-email'].map((text) => text.trim().toLowerCase()).filter(Boolean);
  const keysUrl = values['gar-webhook-keys-url'];
  if (audience === '' && emails.length === 0) return succeed(undefined);
  if (audience === '')
    return refuse('--gar-webhook-email needs --gar-webhook-audience, the audience of the push subscription');
  if (emails.length === 0)
    return refuse(
      '--gar-webhook-audience needs --gar-webhook-email, the service account of the push subscription: tokens for any audience are given to everybody',
    );
  const wrong = emails.find((email) => !/^[^@\s]+@[^@\s]+$/.test(email));
  if (wrong !== undefined)
    return refuse(
      `--gar-webhook-email "${wrong}": expected the address of a service account, such as push@project.iam.gserviceaccount.com`,
    );
  if (URL.parse(keysUrl)?.protocol !== 'https:')
    return refuse(`--gar-webhook-keys-url "${keysUrl}": expected a URL with https`);
  return succeed({ audience, emails, keysUrl });
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
