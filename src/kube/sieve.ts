/** Keeps what is ours of a stream of Application objects: annotated, matching by name, and readable. */
import type { ListedApplications } from '../ports/cluster.ts';
import { annotationPrefix } from '../core/config/keys/annotation-keys.ts';
import { type Application, readApplication } from '../core/config/application.ts';
import { isRecord } from '../core/base/json.ts';
import { missingImageList } from '../core/config/keys/missing-list.ts';
import type { ListedProblem } from '../core/report/report.ts';
import type { ApplicationFilters } from './api/filters.ts';
import type { NamePatterns } from './names.ts';

export interface Sieve {
  /** Takes one Application object; keeps no part of it but what `Application` holds. */
  add(object: unknown): void;
  clear(): void;
  result(): ListedApplications;
}

const imageListAnnotation = `${annotationPrefix}image-list`;

const misspeltAdvice = 'correct the annotation, or remove it';

/** `argocdNamespace` is what is believed to be Argo CD's; Applications that say otherwise cause a warning. */
export function makeSieve(
  names: NamePatterns,
  argocdNamespace: string,
  tried: TriedAnnotations = new Map(),
): Sieve {
  let applications: Application[] = [];
  let problems: ListedProblem[] = [];
  const controllerNamespaces = new Set<string>();

  return {
    add(given) {
      const object = withTried(given, tried);
      const header = readHeader(object);
      if (!names.match(header.name)) return;
      if (!header.annotated) {
        const message = missingImageList(header.annotationKeys);
        if (message !== undefined)
          problems.push({
            app: `${header.namespace}/${header.name}`,
            message,
            level: 'warning',
            advice: misspeltAdvice,
          });
        return;
      }
      if (header.controllerNamespace !== '') controllerNamespaces.add(header.controllerNamespace);
      const read = readApplication(object);
      if (read.ok) applications.push(read.value);
      else problems.push({ app: `${header.namespace}/${header.name}`, message: read.failure.message });
    },
    clear() {
      applications = [];
      problems = [];
      controllerNamespaces.clear();
    },
    result() {
      const warnings = [...names.warnings, ...namespaceWarnings(controllerNamespaces, argocdNamespace)];
      return { applications, problems, warnings };
    },
  };
}

type TriedAnnotations = NonNullable<ApplicationFilters['tried']>;

function withTried(object: unknown, tried: TriedAnnotations): unknown {
  if (tried.size === 0 || !isRecord(object)) return object;
  const metadata = child(object, 'metadata');
  const annotations = tried.get(`${text(metadata, 'namespace')}/${text(metadata, 'name')}`);
  if (annotations === undefined || !isRecord(metadata)) return object;
  const own = metadata['annotations'];
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...(isRecord(own) ? own : {}), ...annotations } },
  };
}

interface Header {
  readonly namespace: string;
  readonly name: string;
  readonly annotated: boolean;
  readonly annotationKeys: readonly string[];
  /** `status.controllerNamespace`: where the Argo CD that reconciles it lives; "" if not said. */
  readonly controllerNamespace: string;
}

/** Read before anything else, so that an unreadable Application of somebody else's is no problem of ours. */
function readHeader(object: unknown): Header {
  const metadata = child(object, 'metadata');
  const annotations = child(metadata, 'annotations');
  return {
    namespace: text(metadata, 'namespace'),
    name: text(metadata, 'name'),
    annotated: isRecord(annotations) && Object.hasOwn(annotations, imageListAnnotation),
    annotationKeys: isRecord(annotations) ? Object.keys(annotations) : [],
    controllerNamespace: text(child(object, 'status'), 'controllerNamespace'),
  };
}

function namespaceWarnings(found: ReadonlySet<string>, believed: string): readonly string[] {
  const others = [...found].filter((namespace) => namespace !== believed).toSorted();
  return others.map(
    (namespace) =>
      `Applications are reconciled by Argo CD in namespace "${namespace}", but "${believed}" is taken for its ` +
      'namespace: repository credentials are looked for there, and the default override file gets a name that ' +
      `Argo CD does not read; set --argocd-namespace=${namespace}`,
  );
}

function child(object: unknown, key: string): unknown {
  return isRecord(object) ? object[key] : undefined;
}

function text(object: unknown, key: string): string {
  const value = child(object, key);
  return typeof value === 'string' ? value : '';
}
