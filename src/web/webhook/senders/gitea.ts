/** Gitea and Forgejo. Source: docs.gitea.com, "Webhooks"; event `package`. `repository` may be null. */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { type Delivery, ignored, malformed, type Reading } from '../delivery.ts';
import { signedBody } from '../proof.ts';
import { hostOf, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const body = z.object({
  action: z.string(),
  package: z.object({
    type: z.string(),
    name: z.string(),
    version: z.string().catch(''),
    html_url: z.string().catch(''),
    owner: z.object({ login: z.string() }),
  }),
});

export const gitea: Sender = {
  type: 'gitea',
  proof: signedBody(['x-forgejo-signature', 'x-gitea-signature']),
  read: (delivery) => {
    const event = delivery.header('x-forgejo-event') ?? delivery.header('x-gitea-event');
    if (event === undefined) return malformed('missing X-Gitea-Event header');
    return event === 'package' ? readPackage(delivery) : ignored(`event ${event}`);
  },
};

function readPackage(delivery: Delivery): Reading {
  return readBody(delivery, body, ({ action, package: about }): Reading => {
    if (action !== 'created') return ignored(`action ${action}`);
    if (about.type !== 'container') return ignored(`a package of type ${about.type}`);
    const { name, version, owner } = about;
    const registry = hostOf(delivery.query('registry_url') ?? about.html_url);
    const pushed = version.startsWith('sha256:') ? { digest: version } : { tag: version };
    const event = pushEvent(registry, `${owner.login}/${name}`, pushed);
    return event === undefined
      ? malformed('the payload names no repository')
      : { kind: 'pushes', events: [event] };
  });
}
