/** Harbor. Source: goharbor.io, "Configure Webhook Notifications", in its own format and as CloudEvents. */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { ignored, malformed, type Reading } from '../delivery.ts';
import { anyProof, secretInHeader, signedBody } from '../proof.ts';
import { fullName, hostOf, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const text = z.string().catch('');
const eventData = z.object({
  resources: z.array(z.object({ tag: text, digest: text, resource_url: text })).catch([]),
  repository: z.object({ repo_full_name: text, namespace: text, name: text }),
});
const body = z.object({
  type: z.string(),
  event_data: eventData.optional(),
  /** CloudEvents put the same here. */
  data: eventData.optional(),
});

const pushes: ReadonlySet<string> = new Set(['PUSH_ARTIFACT', 'harbor.artifact.pushed']);

/**
 * Harbor sends the header that its policy names verbatim; 0.18 wants a signature in it, which only a proxy in front
 * could make. Either will do.
 */
export const harbor: Sender = {
  type: 'harbor',
  proof: anyProof(
    secretInHeader('authorization'),
    signedBody(['authorization']),
    signedBody(['authorization'], 'sha256='),
    signedBody(['authorization'], 'bearer '),
  ),
  read: (delivery) =>
    readBody(delivery, body, ({ type, event_data: own, data }): Reading => {
      if (!pushes.has(type)) return ignored(`event ${type}`);
      const about = own ?? data;
      if (about === undefined || about.resources.length === 0)
        return malformed('no resources in the payload');
      const { repo_full_name: full, namespace, name } = about.repository;
      const repository = fullName(full, namespace, name);
      const events = about.resources.flatMap(
        ({ tag, digest, resource_url: url }) =>
          pushEvent(url === '' ? '' : hostOf(url), repository, { tag, digest }) ?? [],
      );
      return events.length === 0 ? malformed('the payload names no repository') : { kind: 'pushes', events };
    }),
};
