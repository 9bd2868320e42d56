/** Everybody whose deliveries are understood. */
import type { Sender } from '../sender.ts';
import { aliyun } from './aliyun.ts';
import { artifactRegistry } from './artifact-registry.ts';
import { artifactory } from './artifactory.ts';
import { azure } from './azure.ts';
import { cloudEvents } from './cloud-events.ts';
import { distribution } from './distribution.ts';
import { dockerHub } from './docker-hub.ts';
import { ecr } from './ecr.ts';
import { generic } from './generic.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { harbor } from './harbor.ts';
import { quay } from './quay.ts';

/** In the order in which messages name them: first those of 0.18. */
export const senders: readonly Sender[] = [
  dockerHub,
  github,
  quay,
  harbor,
  azure,
  aliyun,
  cloudEvents,
  distribution,
  gitea,
  ecr,
  artifactRegistry,
  artifactory,
  generic,
];
