export {};

/** What every transport of thrift 0.24.0 has by its prototype, THeaderTransport, and `@types/thrift` 0.10.17 lacks. */
interface WithHeader {
  onFlush?: (message: Buffer) => void;
  writeHeaders(): void;
  setProtocolId(id: number): void;
  getReadHeaders(): Record<string, string>;
  setWriteHeader(key: string, value: string): void;
}

/** The same of protocols. */
interface WithUuid {
  writeUuid(value: string): void;
  readUuid(): string;
}

declare module 'thrift' {
  interface TTransport extends WithHeader {}
  interface TBufferedTransport extends WithHeader {}
  interface TFramedTransport extends WithHeader {}
  interface TProtocol extends WithUuid {}
  interface TBinaryProtocol extends WithUuid {}
  interface TCompactProtocol extends WithUuid {}
  interface TJSONProtocol extends WithUuid {}
  namespace Thrift {
    enum Type {
      UUID = 16,
    }
  }
  interface MultiplexedProcessor {
    registerProcessor(name: string, processor: object): void;
  }
  /** Writes its header by `flush` of the protocol; the library's own clients flush the transport. */
  const THeaderProtocol: new (trans: TTransport) => TProtocol;
}
