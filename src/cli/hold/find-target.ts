/** Which Application, and which of its images, a person means. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';
import { readConfig } from '../../core/config/annotations.ts';
import { type Application, appKey } from '../../core/config/application.ts';
import { nearestWord } from '../../core/config/keys/annotation-keys.ts';
import type { HoldsTarget } from '../../core/policy/holds/holds-keys.ts';
import type { Desk } from './desk.ts';

export interface Found {
  readonly app: Application;
  readonly target: HoldsTarget;
  /** Of all its images. */
  readonly aliases: readonly string[];
}

/** `name`: `<namespace>/<name>`, or the name alone where only one Application has it. */
export async function findTarget(
  desk: Desk,
  name: string,
  alias: string | undefined,
): Promise<Outcome<Found>> {
  const { applications, problems } = await desk.cluster.openCycle().applications(desk.signal);
  const bareOf = (key: string): string => key.slice(key.indexOf('/') + 1);
  const matching = applications.filter((app) => appKey(app) === name || app.name === name);
  const [app, ...others] = matching;
  if (others.length > 0) {
    const names = matching.map(appKey).join(', ');
    return refuse(`${quoted(name)} is the name of several Applications: ${names}; give the namespace too`);
  }
  if (app === undefined) {
    const problem = problems.find(({ app: key = '' }) => key === name || bareOf(key) === name);
    if (problem !== undefined) return refuse(`${problem.app}: ${problem.message}`);
    const keys = applications.map(appKey);
    const near = nearestWord(name, name.includes('/') ? keys : keys.map(bareOf));
    return refuse(
      `no Application ${quoted(name)} is there, or it has no annotation image-list${meant(near)}`,
    );
  }
  return withAlias(app, alias, desk);
}

function withAlias(app: Application, alias: string | undefined, { io }: Desk): Outcome<Found> {
  const options = { argocdNamespace: app.namespace, defaultPlatform: io.imagePlatform };
  const aliases = [...new Set(readConfig(app, options).images.map((image) => image.alias))].filter(
    (one) => one !== '',
  );
  const { namespace, name } = app;
  if (alias === undefined) return succeed({ app, target: { namespace, name }, aliases });
  if (aliases.includes(alias)) return succeed({ app, target: { namespace, name, alias }, aliases });
  const there = aliases.length === 0 ? 'its images have none' : `there are ${aliases.map(quoted).join(', ')}`;
  return refuse(
    `${appKey(app)} has no alias ${quoted(alias)}; ${there}${meant(nearestWord(alias, aliases))}`,
  );
}

const meant = (near: string | undefined): string => (near === undefined ? '' : `; did you mean ${near}?`);

function refuse(message: string): Outcome<never> {
  return fail(configFailure(message));
}
