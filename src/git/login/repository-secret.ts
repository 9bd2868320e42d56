/** The fields of an Argo CD repository Secret, read strictly: a typing error is named, never skipped. */
import type { KeyedTexts } from '../../ports/cluster.ts';
import { Failed } from '../../core/base/outcome.ts';
import { trimLineEnd } from '../../core/config/keys/secret-source.ts';

/** What a template lends to a repository, as a text. */
const lentFields = [
  'type',
  'username',
  'password',
  'bearerToken',
  'sshPrivateKey',
  'tlsClientCertData',
  'tlsClientCertKey',
  'proxy',
  'noProxy',
  'githubAppPrivateKey',
  'githubAppEnterpriseBaseUrl',
  'gcpServiceAccountKey',
  'azureServicePrincipalClientSecret',
  'azureActiveDirectoryEndpoint',
] as const;

const textFields = ['url', 'project', ...lentFields] as const;

const idFields = ['githubAppID', 'githubAppInstallationID'] as const;

const booleanFields = [
  'insecure',
  'insecureIgnoreHostKey',
  'useAzureWorkloadIdentity',
  'forceHttpBasicAuth',
] as const;

/** Spelled differently in the two kinds of Secret. */
const azureFields = {
  azureServicePrincipalClientId: ['azureServicePrincipalClientId', 'azureServicePrincipalClientID'],
  azureServicePrincipalTenantId: ['azureServicePrincipalTenantId', 'azureServicePrincipalTenantID'],
} as const;

type TextField = (typeof textFields)[number] | (typeof idFields)[number] | keyof typeof azureFields;

/** Texts are "" where the Secret has none. Source: writeback.md 7.2. */
export type RepositorySecret = Readonly<Record<TextField, string>> &
  Readonly<Record<(typeof booleanFields)[number], boolean>> & {
    /** `secret namespace/name`, for messages. */
    readonly origin: string;
  };

/** These are texts of several lines; every other field becomes part of one header, URL or setting. */
const multilineFields: ReadonlySet<string> = new Set([
  'sshPrivateKey',
  'tlsClientCertData',
  'tlsClientCertKey',
  'githubAppPrivateKey',
  'gcpServiceAccountKey',
]);

/** Throws `Failed` (git, `credentials`) for a text, boolean or id that cannot be read; names Secret and field. */
export function readRepositorySecret(secret: KeyedTexts): RepositorySecret {
  const origin = `secret ${secret.namespace}/${secret.name}`;
  const text = (field: string): string => readText(origin, field, secret.values[field] ?? '');
  const texts = Object.fromEntries(textFields.map((field) => [field, text(field)]));
  const ids = Object.fromEntries(idFields.map((field) => [field, readId(origin, field, text(field).trim())]));
  const booleans = Object.fromEntries(
    booleanFields.map((field) => [field, readBoolean(origin, field, text(field).trim())]),
  );
  const azure = Object.fromEntries(
    Object.entries(azureFields).map(([name, spellings]) => [name, spellings.map(text).find(Boolean) ?? '']),
  );
  return { ...texts, ...ids, ...booleans, ...azure, origin } as RepositorySecret;
}

function readText(origin: string, field: string, written: string): string {
  const text = trimLineEnd(written);
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (multilineFields.has(field) || !/[\u0000-\u001f\u007f]/.test(text)) return text;
  throw credentialsFailed(`${origin}: field ${field}: expected one line without control characters`, origin);
}

/** As Go's strconv.ParseBool. */
function readBoolean(origin: string, field: string, text: string): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(|0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw credentialsFailed(`${origin}: field ${field}: expected true or false`, origin);
}

function readId(origin: string, field: string, text: string): string {
  if (/^\d*$/.test(text)) return text;
  throw credentialsFailed(`${origin}: field ${field}: expected a decimal number`, origin);
}

/** `repo` is what the failure is about: a repository for people, or a Secret. */
export function credentialsFailed(message: string, repo: string): Failed {
  return new Failed({ kind: 'git', code: 'credentials', message, repo });
}

/** Whether a repository Secret holds anything to log in with; else a template may fill it. */
export function hasCredentials(secret: RepositorySecret): boolean {
  return credentialFields.some((field) => secret[field] !== '') || secret.useAzureWorkloadIdentity;
}

const credentialFields = [
  'username',
  'password',
  'bearerToken',
  'sshPrivateKey',
  'tlsClientCertData',
  'githubAppPrivateKey',
  'gcpServiceAccountKey',
  'azureServicePrincipalClientSecret',
] as const;

const filledFields = [
  ...lentFields,
  ...idFields,
  'azureServicePrincipalClientId',
  'azureServicePrincipalTenantId',
] as const;

/** A repository without credentials takes those of a template; what it says itself stays. */
export function fillFromTemplate(repository: RepositorySecret, template: RepositorySecret): RepositorySecret {
  const filled = filledFields.map((field) => [field, repository[field] || template[field]]);
  return {
    ...repository,
    ...Object.fromEntries(filled),
    forceHttpBasicAuth: template.forceHttpBasicAuth,
    useAzureWorkloadIdentity: template.useAzureWorkloadIdentity,
    origin: template.origin,
  };
}
