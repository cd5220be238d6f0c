import type { TProtocol } from 'thrift';

/** What every transport of thrift 0.24.0 has by its prototype, THeaderTransport, and `@types/thrift` 0.10.17 lacks. */
interface WithHeader {
  onFlush?: (message: Buffer) => void;
  writeHeaders(): void;
  setProtocolId(id: number): void;
  getReadHeaders(): Record<string, string>;
  setWriteHeader(key: string, value: string): void;
}

declare module 'thrift' {
  interface TTransport extends WithHeader {}
  interface TBufferedTransport extends WithHeader {}
  interface TFramedTransport extends WithHeader {}
  interface MultiplexedProcessor {
    registerProcessor(name: string, processor: object): void;
  }
  /** Writes its header by `flush` of the protocol; the library's own clients flush the transport. */
  const THeaderProtocol: new (trans: TTransport) => TProtocol;
}
