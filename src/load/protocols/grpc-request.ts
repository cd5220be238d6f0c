/** A unary gRPC call. */
export interface GrpcRequest {
  readonly protocol: 'grpc';
  /** Host and port as a call names its target. */
  readonly authority: string;
  /** The method as calls name it: `/meshbench.Echo/Echo`. */
  readonly path: string;
  /** The message, encoded, in base64. */
  readonly message: string;
  /** Metadata. */
  readonly headers: Readonly<Record<string, string>>;
  /** Calls that may be under way on a connection at a time. */
  readonly streams: number;
}
