/** What a report says about the world outside its summary. */
export interface ReportContext {
  /** Files beside the report, by their path from it. */
  readonly files: readonly { readonly name: string; readonly what: string }[];
  /** The command that repeats the run. */
  readonly command: string;
}
