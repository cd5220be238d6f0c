import thrift, {
  type Connection,
  TBinaryProtocol,
  TBufferedTransport,
  TCompactProtocol,
  TFramedTransport,
  THeaderProtocol,
  type TTransport,
} from 'thrift';
import * as Echo from '#thrift/Echo.js';
import type { ThriftFormat } from '../../src/wire/index.ts';

/** A client on Apache's library; `mended` does what it leaves out with a header. */
export function connectLibrary(
  format: ThriftFormat,
  host: string,
  port: number,
  mended = true,
): { readonly connection: Connection; readonly client: Echo.Client } {
  const transport = format.transport === 'framed' ? TFramedTransport : TBufferedTransport;
  const plain = format.protocol === 'binary' ? TBinaryProtocol : TCompactProtocol;
  const protocol = format.transport === 'header' ? THeaderProtocol : plain;
  const connection = thrift.createConnection(host, port, { transport, protocol });
  const client: Echo.Client = thrift.createClient(Echo, connection);
  if (format.transport === 'header' && mended) {
    const { output } = client as unknown as { output: TTransport };
    const { flush } = output;
    output.setProtocolId(format.protocol === 'binary' ? 0 : 2);
    output.flush = function mendedFlush(this: TTransport): void {
      this.writeHeaders();
      flush.call(this);
    };
  }
  return { connection, client };
}
