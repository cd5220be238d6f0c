/** A running application. */
export interface Served {
  readonly port: number;
  /** Tells it when the measurement starts, from which its stalls are counted. */
  measureFrom(instant: number): void;
  close(): Promise<void>;
}
