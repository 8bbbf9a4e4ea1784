/**
 * Certificates for the sandbox and for tests: an authority of one's own, a server, clients, and the list of
 * those that are revoked. A deployment takes its certificates from its own authority.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** PEM of a certificate and its private key (PKCS#8). */
export type CertifiedKey = { readonly certificate: string; readonly key: string };

/** A moment, ms, from which something is valid, and for how long. */
export type Validity = { readonly from: number; readonly days: number };

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

const { KeyUsageFlags } = x509;
const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;

x509.cryptoProvider.set(webcrypto);

/** A new authority of this name. */
export async function createAuthority(name: string, validity: Validity): Promise<CertifiedKey> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    ...dates(validity),
    serialNumber: newSerial(),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certifiedKey(certificate, keys);
}

/** A certificate of a server for these names and addresses. */
export async function certifyServer(
  authority: CertifiedKey,
  hosts: readonly [string, ...string[]],
  validity: Validity,
): Promise<CertifiedKey> {
  const names = hosts.map((host) => ({
    type: /^[\d.]+$|:/.test(host) ? ('ip' as const) : ('dns' as const),
    value: host,
  }));
  return certify(authority, hosts[0], validity, [
    new x509.ExtendedKeyUsageExtension([serverAuth]),
    new x509.SubjectAlternativeNameExtension(names),
  ]);
}

/** A certificate of a client, for instance of one shop. */
export async function certifyClient(
  authority: CertifiedKey,
  name: string,
  validity: Validity,
): Promise<CertifiedKey> {
  return certify(authority, name, validity, [new x509.ExtendedKeyUsageExtension([clientAuth])]);
}

/** The list of revoked certificates (RFC 5280), PEM. After its days nobody with a certificate gets in. */
export async function listRevoked(
  authority: CertifiedKey,
  revoked: readonly string[],
  { from, days }: Validity,
): Promise<string> {
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.certificate).subject,
    thisUpdate: new Date(from),
    nextUpdate: new Date(from + days * DAY_MS),
    entries: revoked.map((certificate) => ({
      serialNumber: new x509.X509Certificate(certificate).serialNumber,
      revocationDate: new Date(from),
    })),
    signingAlgorithm: ALGORITHM,
    signingKey: await importKey(authority.key),
  });
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
}

async function certify(
  authority: CertifiedKey,
  name: string,
  validity: Validity,
  extensions: readonly x509.Extension[],
): Promise<CertifiedKey> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [name] }],
    issuer: issuer.subject,
    ...dates(validity),
    serialNumber: newSerial(),
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...extensions,
    ],
  });
  return certifiedKey(certificate, keys);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function dates({ from, days }: Validity) {
  return { notBefore: new Date(from), notAfter: new Date(from + days * DAY_MS) };
}

/** Positive, 16 bytes. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

async function certifiedKey(
  certificate: x509.X509Certificate,
  { privateKey }: webcrypto.CryptoKeyPair,
): Promise<CertifiedKey> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  const key = x509.PemConverter.encode(pkcs8, 'PRIVATE KEY');
  return { certificate: `${certificate.toString('pem')}\n`, key: `${key}\n` };
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const pkcs8 = x509.PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
}
