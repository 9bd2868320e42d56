/** Azure Container Registry. Source: learn.microsoft.com, "Azure Container Registry webhook reference". */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { ignored, malformed, type Reading } from '../delivery.ts';
import { secretInHeader } from '../proof.ts';
import { pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const text = z.string().catch('');
const body = z.object({
  action: z.string(),
  /** A ping has none. */
  target: z.object({ repository: text, tag: text, digest: text }).optional(),
  request: z.object({ host: text }).optional(),
});

export const azure: Sender = {
  type: 'acr',
  proof: secretInHeader('authorization'),
  read: (delivery) =>
    readBody(delivery, body, ({ action, target, request }): Reading => {
      if (action !== 'push') return ignored(`action ${action}`);
      if (target === undefined) return malformed('the payload has no target');
      const event = pushEvent(request?.host ?? '', target.repository, target);
      return event === undefined
        ? malformed('the payload names no repository')
        : { kind: 'pushes', events: [event] };
    }),
};
