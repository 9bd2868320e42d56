/** Quay. Source: docs.quay.io, "Notifications", repository push; `docker_url` has the host of a self-managed one. */
import * as z from 'zod';
import { isRecord } from '../../../core/base/json.ts';
import { readBody } from '../body.ts';
import { ignored, malformed, type Reading } from '../delivery.ts';
import { secretInUrl } from '../proof.ts';
import { hostOf, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const body = z.object({
  repository: z.string(),
  docker_url: z.string().catch(''),
  updated_tags: z.unknown().optional(),
});
/** Very old versions sent an object of tag and image. */
const tagList = z.array(z.string()).or(z.custom<object>(isRecord).transform(Object.keys));

export const quay: Sender = {
  type: 'quay.io',
  proof: secretInUrl,
  read: (delivery) =>
    readBody(delivery, body, ({ repository, docker_url: url, updated_tags: updated }): Reading => {
      if (updated === undefined) return ignored('an event that is no push');
      const tags = tagList.safeParse(updated);
      if (!tags.success || tags.data.length === 0) return malformed('no tags in the payload');
      const registry = (url === '' ? '' : hostOf(url)) || 'quay.io';
      const events = tags.data.flatMap((tag) => pushEvent(registry, repository, { tag }) ?? []);
      return events.length === 0 ? malformed('the payload names no repository') : { kind: 'pushes', events };
    }),
};
