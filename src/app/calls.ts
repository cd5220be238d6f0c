/** A service that the application calls for every request, before it answers. */
export interface ServiceCall {
  readonly endpoint: { readonly address: string; readonly port: number };
  /** The service as requests name it. */
  readonly authority: string;
}
