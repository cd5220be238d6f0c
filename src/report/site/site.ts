import type { RunEnd, Verdict } from '../../summary/index.ts';
import type { GateVerdict } from '../../verdict/index.ts';

/** A run as an index shows it. Its texts come from its record and are not escaped. */
export interface SiteRun {
  /** `<scenario folder>/<run folder>`, by which the server is asked for it. */
  readonly id: string;
  readonly scenario: string;
  readonly question: string;
  readonly startedAt: string;
  readonly runtime: string;
  readonly state: 'running' | RunEnd;
  /** Of its summary; null before it has one. */
  readonly verdict: Verdict | null;
  /** Null where there is no summary yet. */
  readonly blocks: number | null;
  /** Vetoed trials. */
  readonly vetoed: number;
  readonly hasReport: boolean;
}

/** A page about runs that stands below reports/. */
export interface SitePaper {
  readonly kind: 'gate' | 'proof' | 'history';
  readonly scenario: string;
  /** Null of a history. */
  readonly startedAt: string | null;
  readonly verdict: GateVerdict | null;
  /** Path below reports/. */
  readonly path: string;
}

/** What stands below reports/, newest first. */
export interface Site {
  readonly runs: readonly SiteRun[];
  readonly papers: readonly SitePaper[];
  /** Runs and papers that are not listed, since there are too many. */
  readonly left: number;
}

/** A trial of a run, as it is told while the run goes on. */
export interface LiveTrial {
  readonly block: number;
  readonly variant: string;
  /** Requests by how they ended: `12,000 ok, 3 timeout`. */
  readonly outcomes: string;
  /** Why it was discarded; empty where it was not. */
  readonly vetoes: string;
}

/** How far a run has come. */
export interface LiveRun {
  readonly run: SiteRun;
  readonly whole: number;
  readonly wanted: number;
  /** Vetoed trials. */
  readonly vetoed: number;
  /** Wall time that is left without further vetoes, ns. */
  readonly leftNs: number;
  /** The last ones, newest first. */
  readonly trials: readonly LiveTrial[];
}

/** A server may run one script of its own and send one form to itself; everything else is forbidden. */
export const SITE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'";

/** What pages of the server need beside the style of reports. */
export const SITE_STYLE = `
.tick { width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--link); }
th small { font-weight: 400; max-width: 30rem; }
.runs th[scope=row] { max-width: 26rem; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: 1rem 0 0; }
button { font: inherit; padding: .35rem 1rem; min-height: 2rem; border-radius: .4rem; border: 1px solid var(--link); background: var(--paper); color: var(--link); cursor: pointer; }
button:hover { background: var(--shade); }
progress { width: 100%; max-width: 46rem; height: 1.2rem; accent-color: var(--link); }
.variants { list-style: none; padding: 0; display: grid; gap: .3rem; margin: .75rem 0 0; }
.variants label { display: flex; gap: .6rem; align-items: center; }
`;

/** Where a run's live page is. */
export function liveLink(id: string): string {
  return `/live?run=${encodeURIComponent(id)}`;
}

/** Where a file below reports/ is; each part of its path is encoded. */
export function fileLink(path: string): string {
  return `/files/${path.split('/').map(encodeURIComponent).join('/')}`;
}
