import type { Certificate, Service } from './mesh.ts';
import { identityOf, type Json } from './sidecar-plan.ts';

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';

/** TLS towards a service: shows the caller's certificate and accepts the service's identity alone. */
export function upstreamTls(certificate: Certificate, service: Service): Json {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TLS}.UpstreamTlsContext`,
      sni: service.name,
      common_tls_context: context(certificate, { exact: identityOf(service.name) }),
    },
  };
}

/** TLS from callers, who must show a certificate of the mesh. */
export function downstreamTls(certificate: Certificate): Json {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TLS}.DownstreamTlsContext`,
      require_client_certificate: true,
      common_tls_context: context(certificate, { prefix: 'spiffe://cluster.local/' }),
    },
  };
}

function context({ certificatePath, keyPath, authorityPath }: Certificate, peer: Json): Json {
  return {
    // As Istio has them (its pilot/pkg/networking/core/cluster_tls.go); Envoy's own callers stop at 1.2.
    tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
    tls_certificates: [{ certificate_chain: { filename: certificatePath }, private_key: { filename: keyPath } }],
    validation_context: {
      trusted_ca: { filename: authorityPath },
      match_typed_subject_alt_names: [{ san_type: 'URI', matcher: peer }],
    },
  };
}
