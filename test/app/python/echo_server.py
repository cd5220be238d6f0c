"""Answers `echo`, `fail` and `notify` of scenarios/idl/echo.thrift, on Apache's library for Python.

Usage: echo_server.py framed|unframed|header binary|compact [ADDRESS [PORT]]; prints the port that it listens on, and when it
is told to end (SIGTERM) how many calls it answered.
"""

import os
import signal
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


# Calls answered on each connection: every thread has its own, so that none is lost between two of them.
answered = []


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


def answer(protocol, count):
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
    count[0] += 1
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
    count = [0]
    answered.append(count)
    try:
        while True:
            answer(both, count)
    except TTransportException:
        raw.close()


def end(_signal, _frame):
    print(sum(count[0] for count in answered), flush=True)
    os._exit(0)


def main():
    transport, protocol = sys.argv[1:3]
    address, port = (sys.argv[3:] + ["127.0.0.1", "0"][len(sys.argv) - 3 :])[:2]
    signal.signal(signal.SIGTERM, end)
    listener = socket.create_server((address, int(port)), backlog=128)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, transport, protocol), daemon=True).start()


main()
