import type { Certificate } from '../mesh/index.ts';
import type { Host } from '../runtime/index.ts';
import { BenchError } from '../units/index.ts';
import { mustSucceed } from './must-succeed.ts';

const HINT = 'openssl must be installed; run `meshbench doctor`';
/** Longer than any run, short enough that a leaked certificate is worth nothing. */
const DAYS = '8';

/**
 * Gives every host of the list its certificate, of an authority that the first of them makes anew. Keys are made where
 * they are used and never leave: a host sends a request and gets a certificate. P-256, as Istio offers it.
 * @throws BenchError component where openssl fails.
 */
export async function issueCertificates(
  certificates: readonly Certificate[],
  hosts: ReadonlyMap<string, Host>,
): Promise<void> {
  const [first] = certificates;
  if (first === undefined) return;
  const authority = hostOf(first, hosts);
  const root = await makeAuthority(authority);
  // One after the other: the authority counts its serial numbers.
  for (const certificate of certificates) await issue(certificate, hostOf(certificate, hosts), authority, root);
}

function hostOf({ host: name }: Certificate, hosts: ReadonlyMap<string, Host>): Host {
  const host = hosts.get(name);
  if (host === undefined) throw new BenchError('internal', 'CERTIFICATE_WITHOUT_HOST', name);
  return host;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;

async function makeAuthority(host: Host): Promise<string> {
  const at = (file: string): string => `${host.folder}/${file}`;
  const subject = ['-subj', '/O=cluster.local', '-days', DAYS, '-addext', 'basicConstraints=critical,CA:TRUE'];
  const files = ['-keyout', at('authority-key.pem'), '-out', at('authority.pem')];
  await mustSucceed(host, ['openssl', 'req', '-x509', ...NEW_KEY, ...subject, ...files], HINT);
  return host.readFile('authority.pem');
}

async function issue(certificate: Certificate, host: Host, authority: Host, root: string): Promise<void> {
  const { keyPath, certificatePath, authorityPath, identity } = certificate;
  const name = (path: string): string => path.slice(host.folder.length + 1);
  const request = ['openssl', 'req', '-new', ...NEW_KEY, '-subj', '/', '-keyout', keyPath];
  await authority.writeFile('request.pem', await mustSucceed(host, request, HINT));
  await authority.writeFile('extensions', `subjectAltName=critical,URI:${identity}\nkeyUsage=digitalSignature\n`);
  const at = (file: string): string => `${authority.folder}/${file}`;
  const signer = ['-CA', at('authority.pem'), '-CAkey', at('authority-key.pem'), '-CAcreateserial', '-days', DAYS];
  const extensions = ['-extfile', at('extensions'), '-in', at('request.pem')];
  const signed = await mustSucceed(authority, ['openssl', 'x509', '-req', ...signer, ...extensions], HINT);
  await host.writeFile(name(certificatePath), signed);
  await host.writeFile(name(authorityPath), root);
}
