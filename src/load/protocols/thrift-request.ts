import type { ThriftFormat } from '../../wire/index.ts';

/** A Thrift call, and what must be known of its method to understand a reply. */
export interface ThriftRequest {
  readonly protocol: 'thrift';
  /** Host and port, for reports. */
  readonly authority: string;
  readonly format: ThriftFormat;
  /** As the message names it: `method`, or `Service:method` of a multiplexed server. */
  readonly call: string;
  readonly method: string;
  /** True for a oneway: nothing answers. */
  readonly oneway: boolean;
  /** True where a good reply holds a value. */
  readonly returns: boolean;
  /** Names of declared exceptions by their field's id. */
  readonly exceptions: Readonly<Record<string, string>>;
  /** The struct of arguments, encoded, in base64. */
  readonly body: string;
  /** Keys and values of the header; the header transport only. */
  readonly headers: Readonly<Record<string, string>>;
  /** Calls that may be under way on a connection at a time. */
  readonly pipeline: number;
}
