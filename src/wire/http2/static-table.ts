/** A field of a head. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** The static table (RFC 7541, appendix A), from index 1; a line holds a name and the values that it has there. */
const LINES = `
:authority
:method|GET|POST
:path|/|/index.html
:scheme|http|https
:status|200|204|206|304|400|404|500
accept-charset
accept-encoding|gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate
`;

export const STATIC_TABLE: readonly Field[] = LINES.trim()
  .split('\n')
  .flatMap((line) => {
    const [name = '', ...values] = line.split('|');
    return (values.length === 0 ? [''] : values).map((value) => ({ name, value }));
  });

/** Index of a field in the static table, or of its name (as `name`); 0 where it is not there. */
export function staticIndex(name: string, value: string): { readonly field: number; readonly name: number } {
  return {
    field: STATIC_TABLE.findIndex((field) => field.name === name && field.value === value) + 1,
    name: STATIC_TABLE.findIndex((field) => field.name === name) + 1,
  };
}
