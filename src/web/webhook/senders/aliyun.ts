/** Alibaba Cloud Container Registry. Source: alibabacloud.com, "Manage webhooks" of Container Registry. */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { malformed, type Reading } from '../delivery.ts';
import { secretInUrl } from '../proof.ts';
import { fullName, hostOf, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const text = z.string().catch('');
const body = z.object({
  push_data: z.object({ tag: text, digest: text }),
  repository: z.object({ repo_full_name: text, namespace: text, name: text, region: text }),
});

/** An instance of one's own has a host that no payload names: `registry_url` in the query of the hook's URL. */
export const aliyun: Sender = {
  type: 'aliyun-acr',
  proof: secretInUrl,
  read: (delivery) =>
    readBody(delivery, body, ({ push_data: pushed, repository }): Reading => {
      if (pushed.tag === '') return malformed('the payload has no tag');
      const { repo_full_name: full, namespace, name, region } = repository;
      const named = hostOf(delivery.query('registry_url') ?? '');
      const registry = named || (/^[a-z0-9-]+$/.test(region) ? `registry.${region}.aliyuncs.com` : '');
      const event = pushEvent(registry, fullName(full, namespace, name), pushed);
      return event === undefined
        ? malformed('the payload names no repository')
        : { kind: 'pushes', events: [event] };
    }),
};
