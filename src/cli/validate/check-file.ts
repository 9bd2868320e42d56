/** One file -> what is wrong in it, and the Applications that can be read. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { annotationPrefix } from '../../core/config/keys/annotation-keys.ts';
import { isRecord } from '../../core/base/json.ts';
import { readKeyedTexts } from '../../kube/keyed-texts.ts';
import { configMapName } from '../settings/files/config-map-keys.ts';
import { type CheckOptions, checkApplication } from './check-application.ts';
import { checkConfigMap } from './check-config-map.ts';
import { checkRegistries } from './check-registries.ts';
import type { FileFinding, Place } from './findings/finding.ts';
import { hasPlaceholder } from './placeholders.ts';
import { type PlacedObject, readObjects } from './yaml-objects.ts';

export interface FoundApplication {
  readonly config: AppConfig;
  readonly placeOfAnnotation: (annotation: string) => Place;
}

export interface CheckedFile {
  readonly findings: readonly FileFinding[];
  /** Not those that an ApplicationSet makes: what it fills in decides where they are written. */
  readonly applications: readonly FoundApplication[];
  /** `Application argocd/shop`, with their places. */
  readonly objects: readonly { readonly name: string; readonly place: Place }[];
}

/** `isMeant`: somebody named this very file; of others in a folder only what concerns us is told. */
export function checkFile(text: string, isMeant: boolean, options: CheckOptions): CheckedFile {
  const { objects, faults } = readObjects(text);
  const [fault] = faults;
  const findings: FileFinding[] = [];
  if (fault !== undefined && (isMeant || text.includes(annotationPrefix)))
    findings.push(faultFinding(fault, text));
  const applications: FoundApplication[] = [];
  const named: { name: string; place: Place }[] = [];
  for (const object of objects) {
    const name = nameOf(object, options.argocdNamespace);
    if (name !== undefined) named.push({ name, place: object.placeOf(['metadata', 'name']) });
    const checked = checkObject(object, text, options);
    findings.push(...checked.findings);
    if (checked.application !== undefined) applications.push(checked.application);
  }
  return { findings, applications, objects: named };
}

/** A template of a chart is no YAML yet. */
function faultFinding(fault: Place & { readonly message: string }, text: string): FileFinding {
  if (!hasPlaceholder(text)) return { ...fault, rule: 'yaml-syntax', severity: 'error' };
  const message =
    'a template, and no YAML yet: give what it renders to, such as helm template … | tidewaiter validate -';
  return { ...fault, message, rule: 'unrendered-template', severity: 'note' };
}

interface CheckedObject {
  readonly findings: readonly FileFinding[];
  readonly application?: FoundApplication;
}

function checkObject(object: PlacedObject, text: string, options: CheckOptions): CheckedObject {
  const { apiVersion, kind, metadata } = object.value;
  if (typeof apiVersion === 'string' && apiVersion.startsWith('argoproj.io/')) {
    if (kind === 'Application') return ofApplication(object, options);
    if (kind === 'ApplicationSet')
      return { findings: checkApplication(object, ['spec', 'template'], options).findings };
  }
  if (apiVersion === 'v1' && (kind === 'ConfigMap' || kind === 'Secret')) {
    const isOurs = isRecord(metadata) && metadata['name'] === configMapName;
    if (kind === 'ConfigMap' && isOurs) return { findings: checkConfigMap(object) };
    return { findings: kind === 'Secret' ? checkSecret(object) : [] };
  }
  if (kind === undefined && apiVersion === undefined && Array.isArray(object.value['registries']))
    return { findings: checkRegistries(text) };
  return { findings: [] };
}

function ofApplication(object: PlacedObject, options: CheckOptions): CheckedObject {
  const { findings, config, placeOfAnnotation } = checkApplication(object, [], options);
  return { findings, ...(config === undefined ? {} : { application: { config, placeOfAnnotation } }) };
}

const secretTypeLabel = 'argocd.argoproj.io/secret-type';

/** Of Secrets only those that Argo CD knows as repositories: of others nobody tells what they are for. */
function checkSecret(object: PlacedObject): readonly FileFinding[] {
  const { metadata } = object.value;
  const labels = isRecord(metadata) ? metadata['labels'] : undefined;
  if (!isRecord(labels) || labels[secretTypeLabel] === undefined) return [];
  const read = readKeyedTexts('Secret', {
    ...object.value,
    metadata: { namespace: '', name: '', ...(metadata as object) },
  });
  if (read.ok) return [];
  const { message } = read.failure;
  const key = Object.keys(isRecord(object.value['data']) ? object.value['data'] : {}).find((each) =>
    message.includes(each),
  );
  const place = object.placeOf(['data', ...(key === undefined ? [] : [key])]);
  return [{ ...place, rule: 'secret', severity: 'error', message }];
}

function nameOf({ value }: PlacedObject, defaultNamespace: string): string | undefined {
  const { kind, metadata } = value;
  if (kind !== 'Application' && kind !== 'Secret' && kind !== 'ConfigMap') return undefined;
  if (!isRecord(metadata) || typeof metadata['name'] !== 'string') return undefined;
  const { name, namespace = defaultNamespace } = metadata;
  return hasPlaceholder(`${String(name)}${String(namespace)}`)
    ? undefined
    : `${kind} ${String(namespace)}/${String(name)}`;
}
