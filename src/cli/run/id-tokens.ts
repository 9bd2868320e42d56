/** Judges the ID tokens that Google sends with webhooks, by its public keys. */
import { makeSendRequest, systemRoute } from '../../net/side-request.ts';
import type { Clock } from '../../ports/clock.ts';
import { IssuerKeys } from '../../web/issuer-keys.ts';
import { checkIdToken, type TokenVerdict } from '../../web/webhook/id-token.ts';
import type { Environment } from '../flags/flag-values.ts';
import type { IdTokenSettings } from '../settings/id-token-settings.ts';

/** Google leaves the scheme out now and then. Source: developers.google.com, "OpenID Connect". */
const issuers = ['https://accounts.google.com', 'accounts.google.com'];

export function idTokenJudge(
  { audience, emails, keysUrl }: IdTokenSettings,
  environment: Environment,
  clock: Clock,
): (token: string) => Promise<TokenVerdict> {
  const send = makeSendRequest(environment, clock);
  const route = systemRoute(environment);
  const request = { method: 'GET', url: keysUrl, headers: { accept: 'application/json' } } as const;
  const keys = new IssuerKeys({
    clock,
    load: async (signal) => {
      const { status, body } = await send(request, route, signal);
      if (status !== 200) throw new Error(`status ${status} from ${new URL(keysUrl).host}`);
      return body;
    },
  });
  return (token) => checkIdToken(token, { issuers, audience, emails }, keys.keyOf, clock.now());
}
