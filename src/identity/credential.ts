/** What somebody logs in with, before any authority was asked for a token. */

export interface GithubApp {
  readonly appId: string;
  /** "" where the server has to be asked for it. */
  readonly installationId: string;
  readonly privateKey: string;
  /** REST base, without slash at the end. */
  readonly apiUrl: string;
}

export interface AzureClient {
  readonly clientId: string;
  readonly tenantId: string;
  readonly clientSecret: string;
  /** Token authority; "" for Microsoft's public one. */
  readonly authority: string;
}

export type Credential =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'ssh-key'; readonly privateKey: string }
  | { readonly kind: 'github-app'; readonly app: GithubApp }
  | { readonly kind: 'google'; readonly serviceAccountKey: string }
  | { readonly kind: 'azure-workload' }
  | { readonly kind: 'azure-client'; readonly client: AzureClient };

/** What goes into the Authorization header. */
export type Login =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

export interface IssuedLogin {
  readonly login: Login;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}
