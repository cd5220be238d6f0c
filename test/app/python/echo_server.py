"""Answers `echo`, `fail` and `notify` of scenarios/idl/echo.thrift, on Apache's library for Python.

Usage: echo_server.py framed|unframed|header binary|compact; prints the port that it listens on.
"""

import socket
import sys
import threading

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.protocol.THeaderProtocol import THeaderProtocol
from thrift.Thrift import TApplicationException, TMessageType, TType
from thrift.transport.THeaderTransport import THeaderClientType, THeaderSubprotocolID
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport, TFramedTransport, TTransportException


HEADER_PROTOCOLS = {"binary": THeaderSubprotocolID.BINARY, "compact": THeaderSubprotocolID.COMPACT}


def result(output, field, type_, write):
    output.writeStructBegin("result")
    if field is not None:
        output.writeFieldBegin("", type_, field)
        write()
        output.writeFieldEnd()
    output.writeFieldStop()
    output.writeStructEnd()


def refused(output, reason):
    output.writeStructBegin("Refused")
    output.writeFieldBegin("reason", TType.STRING, 1)
    output.writeString(reason)
    output.writeFieldEnd()
    output.writeFieldStop()
    output.writeStructEnd()


def answer(protocol):
    name, kind, sequence_id = protocol.readMessageBegin()
    protocol.skip(TType.STRUCT)
    protocol.readMessageEnd()
    if kind == TMessageType.ONEWAY:
        return
    if name not in ("echo", "fail"):
        protocol.writeMessageBegin(name, TMessageType.EXCEPTION, sequence_id)
        TApplicationException(TApplicationException.UNKNOWN_METHOD, "Unknown function " + name).write(protocol)
    else:
        protocol.writeMessageBegin(name, TMessageType.REPLY, sequence_id)
        if name == "echo":
            result(protocol, 0, TType.STRING, lambda: protocol.writeBinary(b"x" * 300))
        else:
            result(protocol, 1, TType.STRUCT, lambda: refused(protocol, "because"))
    protocol.writeMessageEnd()
    protocol.trans.flush()


def serve(connection, transport, protocol):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    raw = TSocket()
    raw.setHandle(connection)
    if transport == "header":
        # As Apache's servers: one protocol for both directions.
        both = THeaderProtocol(raw, (THeaderClientType.HEADERS,), HEADER_PROTOCOLS[protocol])
    else:
        cut = TFramedTransport(raw) if transport == "framed" else TBufferedTransport(raw)
        both = TBinaryProtocol(cut) if protocol == "binary" else TCompactProtocol(cut)
    try:
        while True:
            answer(both)
    except TTransportException:
        raw.close()


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, *sys.argv[1:3]), daemon=True).start()


main()
