import type { Environment } from './rules.ts';

interface Tls {
  readonly isElsewhere: boolean;
  readonly mode: string;
  readonly isVerified: boolean;
}

/**
 * How `pg` would connect to an address: `sslmode` or `ssl` in it, else PGSSLMODE. It looks at certificates in every mode but
 * `no-verify`; with `uselibpqcompat` it does as libpq, which looks in verify-ca and verify-full alone. Undefined: no PostgreSQL.
 */
function tlsOf(address: string, environment: Environment): Tls | undefined {
  if (!/^postgres(ql)?:/.test(address) || !URL.canParse(address)) return undefined;
  const { hostname, searchParams } = new URL(address);
  const host = decodeURIComponent(searchParams.get('host') ?? hostname);
  const isElsewhere = !/^$|^\/|^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);
  const ssl = searchParams.get('ssl');
  const given = searchParams.get('sslmode') ?? (ssl === 'true' || ssl === '1' ? 'require' : undefined);
  const mode = given ?? environment.PGSSLMODE ?? 'disable';
  const verifying = searchParams.has('uselibpqcompat')
    ? /^verify-/
    : /^(prefer|require|verify-ca|verify-full)$/;
  return { isElsewhere, mode, isVerified: verifying.test(mode) };
}

/** Goes what is sent to a PostgreSQL of another machine in clear, or could it? */
export function isPlainPostgres(address: string, environment: Environment): boolean {
  const tls = tlsOf(address, environment);
  return tls?.isElsewhere === true && /^(disable|allow)$/.test(tls.mode);
}

/** Is the certificate of a PostgreSQL of another machine not looked at? */
export function isUnverifiedPostgres(address: string, environment: Environment): boolean {
  const tls = tlsOf(address, environment);
  return tls?.isElsewhere === true && !tls.isVerified && !isPlainPostgres(address, environment);
}
