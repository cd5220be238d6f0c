/** The service that Thrift scenarios call: what comes back, and when, is the application's script. */
namespace js meshbench

/** A declared exception. */
exception Refused {
  1: string reason
}

service Echo {
  /** Answers as many bytes as the script says, after its delay. */
  binary echo(1: binary payload)
  /** Throws the declared exception. */
  void fail(1: string reason) throws (1: Refused refused)
  /** Is not answered. */
  oneway void notify(1: binary payload)
}
