/** Where a credential comes from (`pullsecret:`, `secret:`, `env:`, `ext:`), and what a fetched one holds. */

export type SecretSource =
  | { readonly kind: 'pullsecret'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string; readonly field: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'ext'; readonly path: string };

/** What a registry is asked with. `identityToken` is an OAuth2 refresh token of a Docker config. */
export interface RegistryCredential {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string;
}
