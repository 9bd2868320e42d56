/** Whoever writes the hook by hand: `{"registry": "reg.example.com", "repository": "acme/web", "tag": "1.4.0"}`. */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { malformed, type Reading } from '../delivery.ts';
import { anyProof, secretInHeader, secretInUrl, signedBody } from '../proof.ts';
import { hostOf, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const body = z.object({
  registry: z.string().optional(),
  repository: z.string(),
  tag: z.string().optional(),
  digest: z.string().optional(),
});

export const generic: Sender = {
  type: 'generic',
  proof: anyProof(
    secretInUrl,
    secretInHeader('x-webhook-secret'),
    signedBody(['x-hub-signature-256', 'x-webhook-signature'], 'sha256='),
  ),
  read: (delivery) =>
    readBody(delivery, body, ({ registry = '', repository, ...version }): Reading => {
      const event = pushEvent(registry === '' ? '' : hostOf(registry), repository, version);
      return event === undefined
        ? malformed('repository is no name of a repository')
        : { kind: 'pushes', events: [event] };
    }),
};
