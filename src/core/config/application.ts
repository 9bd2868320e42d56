/** The part of an Argo CD Application that Tidewaiter uses, read from an unknown object. */
import * as z from 'zod';
import { toDotPath } from 'zod/v4/core';
import { annotationPrefix } from './keys/annotation-keys.ts';
import { nonEmptyProperty, optionalProperty } from '../base/optional-property.ts';
import { packState } from './state/application-state.ts';
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';

export type SourceType = 'Helm' | 'Kustomize' | 'Directory' | 'Plugin';

export interface HelmParameter {
  /** Set for a value that only takes the place of another one. */
  readonly onlyIfThere?: true;
  readonly name: string;
  readonly value: string;
  readonly forceString: boolean;
}

export interface ApplicationSource {
  readonly repoURL: string;
  /** Path inside the repository; "" and "." are the root. */
  readonly path: string;
  readonly targetRevision: string;
  /** Set for a Helm repository source. */
  readonly chart?: string;
  readonly ref?: string;
  readonly name?: string;
  /** Present if the block is present, even empty. */
  readonly helm?: {
    readonly parameters: readonly HelmParameter[];
    readonly valueFiles: readonly string[];
    /** Names alone: their values come from files. */
    readonly fileParameters?: readonly string[];
    /** YAML of the one that counts; absent if there is none, or if it is too large to be looked into. */
    readonly inlineValues?: { readonly field: 'values' | 'valuesObject'; readonly text: string };
  };
  readonly kustomize?: {
    readonly images: readonly string[];
    /** Folders that are added to the kustomization, from that of the source. */
    readonly components?: readonly string[];
  };
  readonly directory?: { readonly recurse: boolean; readonly include: string; readonly exclude: string };
  readonly plugin?: true;
}

/** Where an Application deploys to, as it is written. */
export interface ApplicationDestination {
  /** Name of the cluster. */
  readonly name?: string;
  /** Its URL. */
  readonly server?: string;
  readonly namespace?: string;
}

export interface Application {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** As it is written: "" is the project `default`. */
  readonly project: string;
  /** Absent where nothing is said of it. */
  readonly destination?: ApplicationDestination;
  /** Those under our prefix, by full key. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the ApplicationSet that owns it. */
  readonly applicationSet?: string;
  /** `single`: spec.source; `multi`: spec.sources; `hydrator`: spec.sourceHydrator.drySource. */
  readonly sourceKind: 'single' | 'multi' | 'hydrator';
  readonly sources: readonly ApplicationSource[];
  /** Absent where nothing reported one (a manifest file). */
  readonly status?: {
    /** Aligned with `sources`; "" where unknown. */
    readonly sourceTypes: readonly string[];
    /** The same: commit of each source that Argo CD compared last. */
    readonly revisions?: readonly string[];
    /** `status.summary.images`, in order. */
    readonly images: readonly string[];
    /** Why Argo CD does not accept the Application: the message of its condition `InvalidSpecError`. */
    readonly invalid?: string;
  };
  /** How it is, for `readState` of `state/application-state.ts`; absent where nothing reported it. */
  readonly state?: string;
}

/** `namespace/name`: the key of an application everywhere. */
export type AppKey = string;

export function appKey(app: Pick<Application, 'namespace' | 'name'>): AppKey {
  return `${app.namespace}/${app.name}`;
}

/** The project that Argo CD takes an Application for. */
export function projectName({ project }: Pick<Application, 'project'>): string {
  return project === '' ? 'default' : project;
}

const text = z.string().nullish();
const flag = z.boolean().nullish();
const texts = z.array(z.string()).nullish();
const textMap = z.record(z.string(), z.string()).nullish();

const sourceSchema = z.object({
  repoURL: text,
  path: text,
  targetRevision: text,
  chart: text,
  ref: text,
  name: text,
  helm: z
    .object({
      parameters: z.array(z.object({ name: text, value: text, forceString: flag })).nullish(),
      valueFiles: texts,
      fileParameters: z.array(z.unknown()).nullish().catch(null),
      values: z.unknown().optional(),
      valuesObject: z.unknown().optional(),
    })
    .nullish(),
  kustomize: z.object({ images: texts, components: texts.catch(null) }).nullish(),
  directory: z.object({ recurse: flag, include: text, exclude: text }).nullish(),
  plugin: z.object({}).nullish(),
});

export const applicationSchema = z.object({
  metadata: z.object({
    name: z.string().min(1),
    namespace: text,
    uid: text,
    resourceVersion: text,
    annotations: textMap,
    labels: textMap,
    ownerReferences: z.array(z.object({ kind: text, name: text })).nullish(),
  }),
  spec: z.object({
    project: text,
    destination: z.object({ name: text, server: text, namespace: text }).nullish(),
    source: sourceSchema.nullish(),
    sources: z.array(sourceSchema).nullish(),
    sourceHydrator: z.object({ drySource: sourceSchema }).nullish(),
  }),
  status: z
    .object({
      sourceType: text,
      sourceTypes: texts,
      summary: z.object({ images: texts }).nullish(),
      sync: z.object({ revision: text, revisions: texts }).nullish(),
      conditions: z.array(z.object({ type: text, message: text })).nullish(),
    })
    .nullish(),
});

type RawApplication = z.infer<typeof applicationSchema>;
type RawSource = z.infer<typeof sourceSchema>;

/**
 * Copies what is needed, so that the object itself can be dropped. Unknown fields are ignored and
 * null is absent; a needed field of another type fails (kind "config"), naming its path.
 */
export function readApplication(object: unknown): Outcome<Application> {
  const unsupported = unsupportedHydrator(object);
  if (unsupported !== undefined) return fail(configFailure(unsupported));
  const parsed = applicationSchema.safeParse(object);
  if (!parsed.success) return fail(configFailure(describeIssues(parsed.error.issues)));
  const { metadata, spec, status } = parsed.data;
  const chosen = chooseSources(spec);
  if (chosen === undefined) return fail(configFailure('spec.source: expected a source, there is none'));
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'ApplicationSet')?.name;
  return succeed({
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    project: spec.project ?? '',
    ...optionalProperty('destination', readDestination(spec)),
    annotations: ownAnnotations(metadata.annotations ?? {}),
    labels: metadata.labels ?? {},
    ...(isText(owner) ? { applicationSet: owner } : {}),
    ...chosen,
    ...(status ? { status: readStatus(status, chosen) } : {}),
    ...optionalProperty('state', packState(object)),
  });
}

const severalDrySources = z.object({
  spec: z.object({
    sourceHydrator: z.object({ drySource: z.null().optional(), drySources: z.array(z.unknown()) }),
  }),
});

function unsupportedHydrator(object: unknown): string | undefined {
  if (!severalDrySources.safeParse(object).success) return undefined;
  return 'spec.sourceHydrator.drySources: several dry sources are not supported; with one, in drySource, the Application is updated';
}

/** Every field of another type than it needs, with its place. */
export function shapeProblems(
  object: unknown,
): readonly { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const unsupported = unsupportedHydrator(object);
  if (unsupported !== undefined)
    return [{ path: ['spec', 'sourceHydrator', 'drySources'], message: unsupported }];
  const parsed = applicationSchema.safeParse(object);
  return (parsed.error?.issues ?? []).map((issue) => ({
    path: issue.path.map((step) => (typeof step === 'number' ? step : String(step))),
    message: describeIssues([issue]),
  }));
}

function readDestination({ destination }: RawApplication['spec']): ApplicationDestination | undefined {
  const { name, server, namespace } = destination ?? {};
  const read = {
    ...nonEmptyProperty('name', name ?? ''),
    ...nonEmptyProperty('server', server ?? ''),
    ...nonEmptyProperty('namespace', namespace ?? ''),
  };
  return Object.keys(read).length === 0 ? undefined : read;
}

type ChosenSources = Pick<Application, 'sourceKind' | 'sources'>;

/** Argo CD's own precedence: a hydrator, then `sources`, then `source`. */
function chooseSources({
  source,
  sources,
  sourceHydrator,
}: RawApplication['spec']): ChosenSources | undefined {
  if (sourceHydrator) return { sourceKind: 'hydrator', sources: [readSource(sourceHydrator.drySource)] };
  if (sources && sources.length > 0) return { sourceKind: 'multi', sources: sources.map(readSource) };
  return source ? { sourceKind: 'single', sources: [readSource(source)] } : undefined;
}

function readSource(raw: RawSource): ApplicationSource {
  const { helm, kustomize, directory } = raw;
  return {
    repoURL: raw.repoURL ?? '',
    path: raw.path ?? '',
    targetRevision: raw.targetRevision ?? '',
    ...(isText(raw.chart) ? { chart: raw.chart } : {}),
    ...(isText(raw.ref) ? { ref: raw.ref } : {}),
    ...(isText(raw.name) ? { name: raw.name } : {}),
    ...(helm ? { helm: readHelm(helm) } : {}),
    ...(kustomize
      ? {
          kustomize: {
            images: kustomize.images ?? [],
            ...optionalProperty('components', kustomize.components ?? undefined),
          },
        }
      : {}),
    ...(directory ? { directory: readDirectory(directory) } : {}),
    ...(raw.plugin ? { plugin: true } : {}),
  };
}

function readHelm({
  parameters,
  valueFiles,
  fileParameters,
  values,
  valuesObject,
}: NonNullable<RawSource['helm']>): ApplicationSource['helm'] & {} {
  const read = (parameters ?? []).map(({ name, value, forceString }) => ({
    name: name ?? '',
    value: value ?? '',
    forceString: forceString ?? false,
  }));
  const files = (fileParameters ?? []).flatMap((one) => parameterName.safeParse(one).data?.name ?? []);
  return {
    parameters: read,
    valueFiles: valueFiles ?? [],
    ...(files.length === 0 ? {} : { fileParameters: files }),
    ...readInlineValues(values, valuesObject),
  };
}

const parameterName = z.object({ name: z.string() });
const maxInlineLength = 65_536; // it is looked into in every cycle

/** As Argo CD: `valuesObject` hides `values`. */
function readInlineValues(
  values: unknown,
  valuesObject: unknown,
): Pick<NonNullable<ApplicationSource['helm']>, 'inlineValues'> {
  const isObject = typeof valuesObject === 'object' && valuesObject !== null;
  const text = isObject ? JSON.stringify(valuesObject) : values;
  if (typeof text !== 'string' || text === '' || text.length > maxInlineLength) return {};
  return { inlineValues: { field: isObject ? 'valuesObject' : 'values', text } };
}

function readDirectory(raw: NonNullable<RawSource['directory']>): ApplicationSource['directory'] & {} {
  return { recurse: raw.recurse ?? false, include: raw.include ?? '', exclude: raw.exclude ?? '' };
}

function readStatus(
  { sourceType, sourceTypes, summary, sync, conditions }: NonNullable<RawApplication['status']>,
  { sourceKind, sources }: ChosenSources,
): Application['status'] & {} {
  const types = sourceKind === 'multi' ? sourceTypes : [sourceType];
  const revisions = sourceKind === 'multi' ? sync?.revisions : sync && [sync.revision];
  const invalid = conditions?.find(({ type }) => type === 'InvalidSpecError');
  return {
    sourceTypes: sources.map((_, index) => types?.[index] ?? ''),
    ...(revisions ? { revisions: sources.map((_, index) => revisions[index] ?? '') } : {}),
    images: summary?.images ?? [],
    ...(invalid === undefined ? {} : { invalid: invalid.message ?? '' }),
  };
}

/** Foreign annotations can be as large as the object itself (`last-applied-configuration`). */
function ownAnnotations(all: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key.startsWith(annotationPrefix)));
}

function isText(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== '';
}

const shownIssues = 3;

/** `spec.source.path: Invalid input: expected string, received number`, joined by `; `. */
function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const shown = issues.slice(0, shownIssues).map(({ path, message }) => {
    const place = toDotPath(path);
    return place === '' ? message : `${place}: ${message}`;
  });
  const more = issues.length > shownIssues ? [`and ${issues.length - shownIssues} more`] : [];
  return [...shown, ...more].join('; ');
}
