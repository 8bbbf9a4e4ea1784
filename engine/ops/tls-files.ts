import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { StartupError, toStartupError } from './startup-error.ts';

/** Paths of PEM files. */
export type TlsPaths = {
  /** The engine's certificate, and those between it and its authority. */
  readonly certificate: string;
  readonly key: string;
  /** Authorities whose certificates clients must show; without it clients need none. */
  readonly clientAuthority: string | undefined;
  /** Revocation lists, one of each client authority. */
  readonly revocations: string | undefined;
};

/** What the files hold, PEM; a pair that fits together. */
export type TlsFiles = {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
  readonly crl: string | undefined;
};

export type TlsWatch = {
  /** Of files that have changed and fit together. */
  readonly onChange: (files: TlsFiles) => void;
  /** The files have changed and cannot be used; those in use stay. */
  readonly onBad: (reason: string) => void;
};

/** How often the files are looked at, ms. */
const LOOK_EVERY_MS = 5_000;

/**
 * Reads the files and tries them.
 * @throws StartupError when one cannot be read, or they do not fit together
 */
export function readTlsFiles(paths: TlsPaths): TlsFiles {
  const files = readAll(paths);
  try {
    createSecureContext(contextOf(files));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError({
      code: 'CONFIG_INVALID',
      zh: `TLS 文件不能使用（${reason}）；请核对 YIKATONG_TLS_… 各文件是否为 PEM、证书与私钥是否成对`,
      en: `The TLS files cannot be used (${reason}); check that those of YIKATONG_TLS_… are PEM and that key and certificate are a pair`,
    });
  }
  return files;
}

/** What Node takes of the files; an absent one is left out. */
export function contextOf({ cert, key, ca, crl }: TlsFiles) {
  return { cert, key, ...(ca !== undefined && { ca }), ...(crl !== undefined && { crl }) };
}

/** Looks at the files again and again. @returns ends it */
export function watchTlsFiles(
  paths: TlsPaths,
  first: TlsFiles,
  { onChange, onBad }: TlsWatch,
  everyMs: number = LOOK_EVERY_MS,
): () => void {
  let last = JSON.stringify(first);
  const look = () => {
    try {
      const now = JSON.stringify(readAll(paths));
      if (now === last) return;
      // Remembered before it is tried: a bad file is told of once.
      last = now;
      onChange(readTlsFiles(paths));
    } catch (error) {
      onBad(error instanceof Error ? error.message : String(error));
    }
  };
  const timer = setInterval(look, everyMs).unref();
  return () => clearInterval(timer);
}

function readAll({ certificate, key, clientAuthority, revocations }: TlsPaths): TlsFiles {
  return {
    cert: readPem(certificate),
    key: readPem(key),
    ca: clientAuthority === undefined ? undefined : readPem(clientAuthority),
    crl: revocations === undefined ? undefined : readPem(revocations),
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw toStartupError(error);
  }
}
