/** Docker Hub. Source: docs.docker.com, "Webhooks"; `images` is empty, and one multi-platform push is told up to six times. */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { malformed } from '../delivery.ts';
import { secretInUrl } from '../proof.ts';
import { fullName, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const text = z.string().catch('');
const body = z.object({
  push_data: z.object({ tag: text }),
  repository: z.object({ repo_name: text, namespace: text, name: text }),
});

export const dockerHub: Sender = {
  type: 'docker.io',
  proof: secretInUrl,
  read: (delivery) =>
    readBody(delivery, body, ({ push_data: { tag }, repository: { repo_name: full, namespace, name } }) => {
      if (tag === '') return malformed('the payload has no tag');
      const event = pushEvent('docker.io', fullName(full, namespace, name), { tag });
      return event === undefined
        ? malformed('the payload names no repository')
        : { kind: 'pushes', events: [event] };
    }),
};
