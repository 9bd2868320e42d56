/** The shape of /status.json. Fields may be added to a version; what has gone or means something else makes the next. */
import * as z from 'zod';

const moment = z.iso.datetime().describe('RFC 3339, UTC');
const optionalText = z.string().optional();
const count = z.int().min(0);

export const imageStates = ['failing', 'waiting', 'would-change', 'held', 'skipped', 'up-to-date'] as const;

const changeSchema = z
  .object({
    at: moment,
    from: z.string(),
    to: z.string(),
    commit: optionalText.describe('full SHA; absent where the live Application was patched'),
    repository: optionalText,
    branch: optionalText,
  })
  .describe('the last change that this process wrote');

const imageSchema = z.object({
  alias: z.string(),
  image: z.string().describe('the entry of image-list, as written'),
  running: optionalText.describe('the version that runs; where nothing reports it, the one in Git'),
  git: optionalText.describe('the version in Git, where the last cycle looked'),
  wanted: optionalText,
  rule: optionalText,
  state: z.enum(imageStates),
  since: moment.describe('when this process first saw this state'),
  reason: optionalText,
  lastChange: changeSchema.optional(),
});

const applicationSchema = z.object({
  name: z.string().describe('namespace/name'),
  state: z.enum(imageStates).describe('that of its worst image'),
  since: moment,
  reason: optionalText,
  images: z.array(imageSchema),
});

const problemSchema = z.object({
  level: z.enum(['error', 'warning', 'info']),
  code: optionalText,
  message: z.string(),
  advice: optionalText,
  about: z.record(z.string(), z.string()).describe('registry, repository, branch, annotation, …'),
  since: moment,
  applications: z.array(z.string()),
});

const registrySchema = z.object({
  host: z.string(),
  requests: count.describe('since the start'),
  refused: count.describe('answered with 401, 403 or 429; a first question without a login counts too'),
  unanswered: count,
  quota: z
    .object({ left: z.number(), limit: z.number().optional(), resetAt: moment.optional() })
    .optional()
    .describe('as the registry said last'),
  held: z
    .object({ code: z.string(), reason: z.string(), since: moment, until: moment.optional() })
    .optional()
    .describe('why it is not asked at present'),
  lastAnswer: z.object({ at: moment, status: z.int() }).optional(),
});

const doneSchema = z.object({ at: moment, ok: z.boolean() });

const repositorySchema = z.object({
  repository: z.string(),
  lastFetch: doneSchema.optional(),
  lastPush: doneSchema.optional(),
  waiting: count.describe('images with a commit there that do not run yet'),
});

const cycleSchema = z.object({
  startedAt: moment,
  durationMs: z.number(),
  complete: z.boolean().describe('false: only some Applications were looked at, or none could be listed'),
  failure: optionalText,
  applications: count,
  images: count,
  updated: count,
  skipped: count,
  errors: count,
});

export const statusSchema = z.object({
  schema: z.literal(1),
  version: z.string(),
  startedAt: moment,
  at: moment,
  dryRun: z.boolean(),
  state: z.enum(['resting', 'working', 'stuck']),
  stateSince: moment.optional(),
  nextCycleAt: moment.optional(),
  leader: z
    .object({
      leads: z.boolean().describe('false: this replica stands by, and tells what it saw while it led'),
      name: optionalText.describe('identity of the one that leads: <pod>_<uuid>; absent where nobody does'),
    })
    .optional()
    .describe('of several replicas; absent where there is one'),
  lastCycle: cycleSchema.optional(),
  problems: z.array(problemSchema),
  registries: z.array(registrySchema),
  repositories: z.array(repositorySchema),
  applications: z.array(applicationSchema),
});

export type StatusDocument = z.infer<typeof statusSchema>;
export type StatusImage = z.infer<typeof imageSchema>;
export type StatusApplication = z.infer<typeof applicationSchema>;
export type StatusProblem = z.infer<typeof problemSchema>;
export type StatusRegistry = z.infer<typeof registrySchema>;
export type StatusRepository = z.infer<typeof repositorySchema>;
export type ImageState = StatusImage['state'];
