/**
 * Application cryptograms of the bank application (PBOC, JR/T 0025): the card's key from the
 * issuer's master, the session key from the ATC, ARQC/TC/AAC and the ARPC that answers it.
 * Definitions from Yifei0727/acknowledge-jr; no worked example for PBOC or SM4 is published, so the
 * choice of derivation stays a per-issuer setting to confirm with the bank's test card.
 */
import { invariant } from '../errors/result.ts';
import { type CipherAlgorithm, encryptBlocks, oddParity, sm4CbcMac } from './block-cipher.ts';
import { concatBytes, fromHex, invertBytes, pad80, xorBytes } from './bytes.ts';
import { type MacPadding, retailMac } from './retail-mac.ts';

/**
 * UDK, 16 bytes, EMV option A: Y = the 16 rightmost digits of PAN and PAN sequence; E(IMK, Y) ||
 * E(IMK, ~Y), odd parity for 3DES; SM4 enciphers Y || ~Y as one block. `panSequence` is two digits,
 * "00" when absent.
 */
export function deriveUdk(options: {
  algorithm: CipherAlgorithm;
  issuerMasterKey: Uint8Array;
  pan: string;
  panSequence: string;
}): Uint8Array {
  invariant(options.issuerMasterKey.length === 16, 'an issuer master key has 16 bytes');
  invariant(/^\d{8,19}$/.test(options.pan), 'a PAN has 8 to 19 digits');
  invariant(/^\d{2}$/.test(options.panSequence), 'a PAN sequence has 2 digits');
  const y = fromHex(`${options.pan}${options.panSequence}`.slice(-16).padStart(16, '0'));
  const udk = encryptBlocks(
    options.algorithm,
    options.issuerMasterKey,
    concatBytes(y, invertBytes(y)),
  );
  return options.algorithm === '3des' ? oddParity(udk) : udk;
}

function checkUdk(udk: Uint8Array): void {
  invariant(udk.length === 16, 'a UDK has 16 bytes');
}

/**
 * Session key of PBOC 2.0 and UnionPay, 16 bytes: E(UDK, 6x00 ATC) || E(UDK, 6x00 ~ATC). `atc` has
 * 2 bytes.
 */
export function pbocSessionKey(options: {
  algorithm: CipherAlgorithm;
  udk: Uint8Array;
  atc: Uint8Array;
}): Uint8Array {
  checkUdk(options.udk);
  invariant(options.atc.length === 2, 'an ATC has 2 bytes');
  const zeros = new Uint8Array(6);
  const blocks = concatBytes(zeros, options.atc, zeros, invertBytes(options.atc));
  const key = encryptBlocks(options.algorithm, options.udk, blocks);
  return options.algorithm === '3des' ? oddParity(key) : key;
}

/** EMV common session key (3DES), for foreign cards: `r` is 8 bytes, as a rule ATC || 6x00. */
export function emvCommonSessionKey(udk: Uint8Array, r: Uint8Array): Uint8Array {
  checkUdk(udk);
  invariant(r.length === 8, 'the diversification value R has 8 bytes');
  const withThirdByte = (byte: number) => r.map((value, index) => (index === 2 ? byte : value));
  return oddParity(
    encryptBlocks('3des', udk, concatBytes(withThirdByte(0xf0), withThirdByte(0x0f))),
  );
}

/**
 * ARQC, TC or AAC over `data`, 8 bytes. 3DES: ISO/IEC 9797-1 algorithm 3 with padding 2 (1 for the
 * old Visa CVN10); SM4: CBC-MAC over data padded with 80, left 8 bytes. `key` is the session key.
 */
export function applicationCryptogram(options: {
  algorithm: CipherAlgorithm;
  key: Uint8Array;
  data: Uint8Array;
  padding?: MacPadding;
}): Uint8Array {
  const { algorithm, key, data, padding = 2 } = options;
  if (algorithm === '3des') return retailMac({ key, data, padding });
  return sm4CbcMac(key, pad80(data, 16)).slice(0, 8);
}

/**
 * ARPC method 1, 8 bytes: E(key, ARQC xor (ARC || 6x00)); SM4 appends eight zero bytes and keeps
 * the left 8.
 */
export function arpc(options: {
  algorithm: CipherAlgorithm;
  key: Uint8Array;
  arqc: Uint8Array;
  arc: Uint8Array;
}): Uint8Array {
  invariant(options.arqc.length === 8, 'an ARQC has 8 bytes');
  invariant(options.arc.length === 2, 'an authorisation response code has 2 bytes');
  const mixed = xorBytes(options.arqc, concatBytes(options.arc, new Uint8Array(6)));
  const block = options.algorithm === 'sm4' ? concatBytes(mixed, new Uint8Array(8)) : mixed;
  return encryptBlocks(options.algorithm, options.key, block).slice(0, 8);
}
