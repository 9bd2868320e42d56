/** A CustomResourceDefinition of Applications: the fake API server and the real one of the tests both obey it. */

/** The part of OpenAPI that a structural schema is made of. */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'boolean' | 'integer';
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
}

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const texts: Schema = { type: 'array', items: text };
const textMap: Schema = { type: 'object', additionalProperties: text };
const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const things: Schema = { type: 'array', items: anything };

const helm: Schema = {
  type: 'object',
  properties: {
    releaseName: text,
    valueFiles: texts,
    values: text,
    valuesObject: anything,
    fileParameters: { type: 'array', items: { type: 'object', properties: { name: text, path: text } } },
    parameters: {
      type: 'array',
      items: { type: 'object', properties: { name: text, value: text, forceString: flag } },
    },
    passCredentials: flag,
    ignoreMissingValueFiles: flag,
    skipCrds: flag,
    version: text,
  },
};

const kustomize: Schema = {
  type: 'object',
  properties: {
    namePrefix: text,
    nameSuffix: text,
    namespace: text,
    images: texts,
    commonLabels: textMap,
    commonAnnotations: textMap,
    components: texts,
    patches: things,
    version: text,
  },
};

const directory: Schema = {
  type: 'object',
  properties: { recurse: flag, include: text, exclude: text, jsonnet: anything },
};

const source: Schema = {
  type: 'object',
  required: ['repoURL'],
  properties: {
    repoURL: text,
    path: text,
    targetRevision: text,
    chart: text,
    ref: text,
    name: text,
    helm,
    kustomize,
    directory,
    plugin: anything,
  },
};

/** As in Argo CD 3.1: a dry source has no blocks of its own, and the server drops them. */
const bareDrySource: Schema = {
  type: 'object',
  required: ['path', 'repoURL', 'targetRevision'],
  properties: { repoURL: text, path: text, targetRevision: text },
};

const syncSource: Schema = { type: 'object', properties: { path: text, targetBranch: text } };

function sourceHydrator(drySource: Schema): Schema {
  const hydrateTo: Schema = { type: 'object', properties: { targetBranch: text } };
  return { type: 'object', required: ['drySource'], properties: { drySource, syncSource, hydrateTo } };
}

/** `hasDryBlocks`: dry sources take `helm` and `kustomize`, as in later versions of Argo CD. */
export function applicationSchema(hasDryBlocks: boolean): Schema {
  const spec: Schema = {
    type: 'object',
    required: ['destination', 'project'],
    properties: {
      project: text,
      destination: { type: 'object', properties: { server: text, name: text, namespace: text } },
      source,
      sources: { type: 'array', items: source },
      sourceHydrator: sourceHydrator(hasDryBlocks ? source : bareDrySource),
      syncPolicy: anything,
      ignoreDifferences: things,
      info: things,
      revisionHistoryLimit: { type: 'integer' },
    },
  };
  return {
    type: 'object',
    required: ['metadata', 'spec'],
    properties: {
      apiVersion: text,
      kind: text,
      metadata: { type: 'object' },
      spec,
      operation: anything,
      status: anything,
    },
  };
}

/** Argo CD's CRD has no status subresource. */
export function applicationCrd(hasDryBlocks: boolean): object {
  const names = { kind: 'Application', plural: 'applications', shortNames: ['app', 'apps'] };
  return crd(names, applicationSchema(hasDryBlocks));
}

const syncWindow: Schema = {
  type: 'object',
  properties: {
    kind: text,
    schedule: text,
    duration: text,
    applications: texts,
    namespaces: texts,
    clusters: texts,
    manualSync: flag,
    syncOverrun: flag,
    andOperator: flag,
    timeZone: text,
    description: text,
  },
};

export function projectCrd(): object {
  const project: Schema = {
    type: 'object',
    properties: {
      sourceRepos: texts,
      sourceNamespaces: texts,
      description: text,
      syncWindows: { type: 'array', items: syncWindow },
    },
  };
  const properties = { apiVersion: text, kind: text, metadata: { type: 'object' } as const, spec: project };
  const names = { kind: 'AppProject', plural: 'appprojects', shortNames: ['appproj', 'appprojs'] };
  return crd(names, { type: 'object', required: ['metadata', 'spec'], properties });
}

interface Names {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
}

function crd(names: Names, schema: Schema): object {
  const version = { name: 'v1alpha1', served: true, storage: true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.argoproj.io` },
    spec: {
      group: 'argoproj.io',
      scope: 'Namespaced',
      names: { ...names, listKind: `${names.kind}List`, singular: names.kind.toLowerCase() },
      versions: [{ ...version, schema: { openAPIV3Schema: schema } }],
    },
  };
}
