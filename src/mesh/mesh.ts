import type { AppSettings } from '../scenario/index.ts';

/** What is deployed for one variant, as data. Pure: everything a runtime needs follows from it. */
export interface Mesh {
  readonly hosts: readonly MeshHost[];
  readonly services: readonly Service[];
  /** Certificates that proxies and applications hold; empty where the mesh speaks plaintext. */
  readonly certificates: readonly Certificate[];
  /** Where the load sends its requests, as seen from the client's host. */
  readonly target: Endpoint;
  /** The target as requests name it. */
  readonly authority: string;
  /** One sentence: what a request passes on its way. */
  readonly path: string;
  /** Signals that this mesh cannot give, each with its reason; reports print them. */
  readonly missingSignals: readonly string[];
}

/** A pod: a workload with its sidecar, sharing one address. */
export interface MeshHost {
  readonly name: string;
  readonly address: string;
  /** Where its processes have their files, the same path in every runtime. */
  readonly folder: string;
  readonly app: AppComponent | undefined;
  readonly sidecar: Sidecar | undefined;
  /** True for the host in which the load agents run. */
  readonly load: boolean;
  /** Commands that install the packet rules, in order; empty where nothing is intercepted by packet. */
  readonly rules: readonly (readonly string[])[];
}

/** A service application and where it listens. */
export interface AppComponent {
  readonly port: number;
  readonly script: AppSettings;
}

/** A proxy beside a workload. */
export interface Sidecar {
  readonly concurrency: number;
  /** The admin socket's name in the host's folder. */
  readonly adminSocket: string;
  /** Counters worth keeping per trial: prefixes of Envoy's names. */
  readonly counters: readonly string[];
  /** Envoy's bootstrap, as the JSON that is written to its file and kept beside the report. */
  readonly bootstrap: Readonly<Record<string, unknown>>;
}

/** A service by name, its port and the hosts that serve it. */
export interface Service {
  readonly name: string;
  readonly port: number;
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A certificate in the mesh: who holds it and for which identity. Keys never leave the host's folder. */
export interface Certificate {
  readonly host: string;
  /** SPIFFE id, for example spiffe://cluster.local/ns/default/sa/server. */
  readonly identity: string;
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly authorityPath: string;
}
