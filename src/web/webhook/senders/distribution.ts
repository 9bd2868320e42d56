/**
 * Registries built on distribution: registry:2 and 3, GitLab's self-managed one, zot. Source: distribution.github.io,
 * "Work with notifications". Whatever is answered with other than 2xx is sent again for ever, and holds up all that
 * follows: every well-formed envelope is accepted.
 */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { ignored, type Reading } from '../delivery.ts';
import { secretInHeader } from '../proof.ts';
import { hostOf, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const text = z.string().catch('');
const event = z.object({
  action: text,
  target: z.object({ repository: text, tag: text, digest: text }).partial().catch({}),
  request: z.object({ host: text }).partial().catch({}),
});
const body = z.object({ events: z.array(event) });

/** A registry behind a proxy names itself by its inner host: `registry_url` in the query of the endpoint's URL. */
export const distribution: Sender = {
  type: 'distribution',
  proof: secretInHeader('authorization'),
  read: (delivery) =>
    readBody(delivery, body, ({ events }): Reading => {
      const named = hostOf(delivery.query('registry_url') ?? '');
      const pushes = events.flatMap(
        ({ action, target: { repository = '', ...version }, request: { host = '' } }) =>
          // Layers and manifests of an index are pushes without a tag.
          action === 'push' && (version.tag ?? '') !== ''
            ? (pushEvent(named || host, repository, version) ?? [])
            : [],
      );
      return pushes.length === 0 ? ignored('no push of a tag') : { kind: 'pushes', events: pushes };
    }),
};
