import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { answerPage } from './browser.ts';
import { passOn } from './prefix-proxy.ts';

/** A proxy that brings TLS: below `/api/` a server answers, everywhere else there is an empty page. For every name. */
export interface TlsProxy {
  /** such as `https://shop.example:1234` */
  origin(name: string): string;
  /** the server behind it, which has to know the port of the proxy before it starts */
  standBefore(server: string): void;
  close(): void;
}

/** One value of DER, X.509's form of ASN.1 (X.690, 10): what it is, how long (in as few bytes as can be), and of what it is made. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const lengthBytes =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...lengthBytes), body]);
}
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const identifier = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));

/** A certificate that vouches for nobody, good until 2050: version 1, signed with its own key (RFC 5280, 4.1). */
function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));
  const commonName = sequence(identifier('550403'), der(0x0c, Buffer.from('proxy')));
  const name = sequence(der(0x31, commonName));
  const times = ['000101000000Z', '491231235959Z'].map((time) => der(0x17, Buffer.from(time)));
  const content = sequence(
    der(0x02, Buffer.of(1)),
    ecdsaWithSha256,
    name,
    sequence(...times),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', content, privateKey));
  const lines =
    sequence(content, ecdsaWithSha256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n'),
  };
}

/** Starts it on any free port. It says how the caller came, as docs/deployment.md has it. */
export async function openTlsProxy(): Promise<TlsProxy> {
  let behind = '';
  const proxy = createServer(selfSigned(), (asked, answer) => {
    const { url = '', socket } = asked;
    if (!url.startsWith('/api/')) return answerPage(answer);
    passOn(asked, answer, behind + url, {
      'x-forwarded-for': socket.remoteAddress ?? '',
      'x-forwarded-proto': 'https',
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    origin: (name) => `https://${name}:${port}`,
    standBefore: (server) => {
      behind = server;
    },
    close() {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
