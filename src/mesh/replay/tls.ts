import type { Json } from '../sidecar-plan.ts';
import { at, object, objects, text, typeOf, without } from './json.ts';
import type { Notes } from './notes.ts';

/** What Envoy prints in place of a key, as text and in the base64 of a bytes field. */
const REDACTED: ReadonlySet<string> = new Set(['[redacted]', Buffer.from('[redacted]').toString('base64')]);

type Secrets = ReadonlyMap<string, Json>;

/** A TLS context of which some parts could not be had here. */
interface Resolved {
  readonly context: Json;
  readonly lost: boolean;
}

/**
 * A transport socket of TLS without SDS: what the file has is put in its place. Without its certificate a server's
 * socket cannot be, and goes (undefined); a client's stays, so that a cluster keeps the memory that TLS costs it.
 */
export function resolveTls(socket: Json, secrets: Secrets, owner: string, notes: Notes): Json | undefined {
  const config = object(socket['typed_config']);
  const type = typeOf(config);
  if (config === undefined || (type !== 'UpstreamTlsContext' && type !== 'DownstreamTlsContext')) return socket;
  const { context, lost } = resolveContext(object(config['common_tls_context']) ?? {}, secrets);
  if (lost && type === 'DownstreamTlsContext') {
    notes.add('TLS of listeners left out, since the file has no keys', owner);
    return undefined;
  }
  if (lost) notes.add('certificates left out of the TLS of clusters, since the file has no keys', owner);
  return {
    ...socket,
    typed_config: {
      ...without(config, 'session_ticket_keys_sds_secret_config', 'session_ticket_keys'),
      common_tls_context: context,
    },
  };
}

function resolveContext(context: Json, secrets: Secrets): Resolved {
  const asked = [
    ...objects(context['tls_certificates']),
    ...objects(context['tls_certificate_sds_secret_configs']).map((sds) => at(found(sds, secrets), 'tls_certificate')),
  ];
  const certificates = asked.flatMap((one) => (isUsable(one) ? [object(one) ?? {}] : []));
  const validation = resolveValidation(context, secrets);
  const providers = Object.keys(context).filter((key) => key.includes('certificate_provider'));
  const kept = without(
    context,
    'tls_certificates',
    'tls_certificate_sds_secret_configs',
    'validation_context',
    'validation_context_sds_secret_config',
    'combined_validation_context',
    ...providers,
  );
  return {
    context: {
      ...kept,
      ...(certificates.length === 0 ? {} : { tls_certificates: certificates }),
      ...(validation.context === undefined ? {} : { validation_context: validation.context }),
    },
    lost: certificates.length < asked.length || validation.lost || providers.length > 0,
  };
}

function found(sds: unknown, secrets: Secrets): Json | undefined {
  return secrets.get(text(at(sds, 'name')) ?? '');
}

/** A key that was not redacted, and no file of the machine that the configuration comes from. */
function isUsable(certificate: unknown): boolean {
  const key = inline(at(certificate, 'private_key'));
  return key !== undefined && !REDACTED.has(key) && inline(at(certificate, 'certificate_chain')) !== undefined;
}

function inline(data: unknown): string | undefined {
  return text(at(data, 'inline_bytes')) ?? text(at(data, 'inline_string'));
}

/** Checks of the peer need an authority; without it they go as a whole. */
function resolveValidation(
  context: Json,
  secrets: Secrets,
): { readonly context: Json | undefined; readonly lost: boolean } {
  const combined = context['combined_validation_context'];
  const sds = context['validation_context_sds_secret_config'] ?? at(combined, 'validation_context_sds_secret_config');
  const own = object(context['validation_context'] ?? at(combined, 'default_validation_context'));
  if (sds === undefined && own === undefined) return { context: undefined, lost: false };
  const whole: Json = { ...own, ...object(at(found(sds, secrets), 'validation_context')) };
  const authority = whole['trusted_ca'];
  const missing = authority === undefined ? sds !== undefined : inline(authority) === undefined;
  return missing ? { context: undefined, lost: true } : { context: without(whole, 'watched_directory'), lost: false };
}
