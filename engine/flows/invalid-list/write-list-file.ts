import { toHex } from '../../base/crypto/bytes.ts';
import { openSha256 } from '../../base/crypto/sha256.ts';
import type { ListFooter, ListHeader, ListRow } from '../../domain/invalid-list/list-file.ts';
import {
  footerLine,
  headerLine,
  rowLine,
  signedText,
} from '../../domain/invalid-list/list-file.ts';

/** Signs for the issuer of a list. */
export type ListSigner = Pick<ListFooter, 'keyId' | 'algorithm'> & {
  sign(data: Uint8Array): Promise<Uint8Array> | Uint8Array;
};

/**
 * The text of a list file, in parts.
 * @param parts the rows in the file's order
 */
export async function* writeListFile(
  header: ListHeader,
  parts: AsyncIterable<readonly ListRow[]> | Iterable<readonly ListRow[]>,
  signer: ListSigner,
): AsyncGenerator<string> {
  const digest = openSha256();
  const counted = (text: string): string => {
    digest.update(Buffer.from(text, 'latin1'));
    return text;
  };
  yield counted(headerLine(header));
  for await (const rows of parts) {
    if (rows.length > 0) yield counted(rows.map(rowLine).join(''));
  }
  const sha256 = toHex(digest.digest());
  const signature = await signer.sign(Buffer.from(signedText(sha256), 'latin1'));
  const { keyId, algorithm } = signer;
  const text = Buffer.from(signature).toString('base64');
  yield footerLine({ sha256, keyId, algorithm, signature: text });
}
