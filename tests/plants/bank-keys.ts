/** The work keys of the bank, one for each terminal. */
import assert from 'node:assert/strict';
import { encryptBlocks, kcv } from '../../engine/base/crypto/block-cipher.ts';
import { fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import { createMacKeys, type MacKeys } from '../../engine/gateways/bank-debit/mac-keys.ts';
import { createLinkKeys } from '../../engine/ops/keystore/link-keys.ts';
import { type Check, caughtBy } from './plant.ts';

const key = fromHex('1122334455667788AABBCCDDEEFF0011');
const otherKey = fromHex('0123456789ABCDEFFEDCBA9876543210');
const linkKey = fromHex('00112233445566778899AABBCCDDEEFF');
const blobOf = (macKey: Uint8Array) =>
  `${toHex(encryptBlocks('3des', linkKey, macKey))}${toHex(kcv('3des', macKey, 4))}`;

const keys: Check<() => MacKeys> = {
  name: 'MAC keys of the bank',
  honest: () => () => createMacKeys(createLinkKeys({ algorithm: '3des', linkKey })),
  async keeps(create) {
    const inUse = create();
    await inUse.install('00000001', { keysNo: 7, macKeyBlob: blobOf(key) });
    await inUse.install('00000001', { keysNo: 6, macKeyBlob: blobOf(otherKey) });
    const used = inUse.of('00000001')?.key ?? new Uint8Array();
    assert.equal(toHex(used), toHex(key), 'the key of an older sign-in is used again');
    assert.equal(inUse.of('00000002'), undefined, 'a terminal signs with the key of another one');
    const spoilt = `${blobOf(key).slice(0, 32)}00000000`;
    const installed = await inUse.install('00000003', { keysNo: 1, macKeyBlob: spoilt });
    assert.ok(!installed.ok, 'a key with a wrong check value is installed');
  },
};

export const bankKeyPlants = caughtBy(
  keys,
  {
    name: 'older-bank-key-in-memory',
    bug: 'The answer to an older sign-in brings its key back into an engine that knows a newer one.',
    breaks: 'Of two sign-ins of a terminal the later one counts, whichever is heard last.',
    plant: (create) => () => {
      let count = 0;
      const inUse = create();
      return {
        ...inUse,
        install: (terminalId, { macKeyBlob }) =>
          inUse.install(terminalId, { keysNo: ++count, macKeyBlob }),
      };
    },
    says: 'the key of an older sign-in is used again',
  },
  {
    name: 'one-bank-key-for-all',
    bug: 'The MAC key of the last sign-in is used for all terminals.',
    breaks: 'Each terminal signs with its own key.',
    plant: (create) => () => {
      const inUse = create();
      return {
        ...inUse,
        of: () => inUse.of('all'),
        install: (_, given) => inUse.install('all', given),
      };
    },
    says: 'a terminal signs with the key of another one',
  },
  {
    name: 'check-value-not-compared',
    bug: 'The check value that comes with a key is not compared: a damaged key is put to use.',
    breaks: 'A key whose check value is wrong leaves the old one in use.',
    plant: (create) => () => {
      const inUse = create();
      return {
        ...inUse,
        async install(terminalId, { keysNo, macKeyBlob }) {
          const found = await inUse.install(terminalId, { keysNo, macKeyBlob });
          return found.ok ? found : { ok: true, value: undefined };
        },
      };
    },
    says: 'a key with a wrong check value is installed',
  },
);
