/** JFrog Artifactory. Source: jfrog.com, "Webhooks", domain docker. */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { ignored, malformed, type Reading } from '../delivery.ts';
import { anyProof, secretInHeader, signedBody } from '../proof.ts';
import { hostOf, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const text = z.string().catch('');
const body = z.object({
  domain: z.string(),
  event_type: z.string(),
  data: z.object({ repo_key: text, image_name: text, tag: text }),
  jpd_origin: text,
});

const authHeader = 'x-jfrog-event-auth';

/** With a host for each repository the image's name stands alone; behind one host the repository is part of it. */
export const artifactory: Sender = {
  type: 'artifactory',
  proof: anyProof(secretInHeader(authHeader), signedBody([authHeader])),
  read: (delivery) =>
    readBody(delivery, body, ({ domain, event_type: action, data, jpd_origin: origin }): Reading => {
      if (domain !== 'docker' || action !== 'pushed') return ignored(`event ${domain} ${action}`);
      const registry = hostOf(delivery.query('registry_url') ?? origin);
      const names = [data.image_name, `${data.repo_key}/${data.image_name}`];
      const events = names.flatMap((name) => pushEvent(registry, name, { tag: data.tag }) ?? []);
      return events.length === 0 ? malformed('the payload names no repository') : { kind: 'pushes', events };
    }),
};
