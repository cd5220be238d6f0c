import type { Json } from '../sidecar-plan.ts';
import { object, text } from './json.ts';

/** Fields that Envoy's messages mark as sensitive, and those of its filters that hold credentials. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'private_key',
  'pkcs12',
  'password',
  'session_ticket_keys',
  'generic_secret',
  'access_token',
  'google_refresh_token',
  'authorization_token',
  'json_key',
  'token_secret',
  'token_formation',
  'client_secret',
  'hmac_secret',
  'users',
  'auth_username',
  'auth_password',
  'api_key',
  'credentials',
  'secret_access_key',
  'session_token',
]);

/** Headers whose values let somebody in. */
const SECRET_HEADERS = /^(?:authorization|proxy-authorization|cookie|x-api-key|x-auth-token)$/iu;

const REDACTED = '[redacted]';

/** A configuration as it may be kept and shown: where it holds credentials stands what Envoy's own dump has there. */
export function withoutSecrets(json: Json): Json {
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, shownField(key, value, json)]));
}

function shownField(key: string, value: unknown, owner: Json): unknown {
  if (SECRET_FIELDS.has(key)) return redacted(value);
  const header = text(owner['key']) ?? text(owner['header_name']);
  if (header !== undefined && SECRET_HEADERS.test(header) && (key === 'value' || key === 'raw_value')) return REDACTED;
  return shown(value);
}

function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  const json = object(value);
  return json === undefined ? value : withoutSecrets(json);
}

/** Names of files stay: they say where a secret is, not what. */
function redacted(value: unknown): unknown {
  if (typeof value === 'string') return REDACTED;
  if (Array.isArray(value)) return value.map(redacted);
  const json = object(value);
  if (json === undefined) return value;
  return Object.fromEntries(
    Object.entries(json).map(([key, inner]) => [key, key === 'filename' || key === 'name' ? inner : redacted(inner)]),
  );
}
