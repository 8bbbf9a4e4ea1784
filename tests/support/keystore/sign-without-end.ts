/** A process that works with a token until it is killed. Arguments: label and PIN of the token. */
import { openPkcs11Keys } from '../../../engine/ops/keystore/pkcs11/pkcs11-keystore.ts';
import { SOFTHSM_LIBRARY } from './softhsm.ts';

const [label = '', pin = ''] = process.argv.slice(2);
const keys = await openPkcs11Keys({ library: SOFTHSM_LIBRARY, label, pin: Buffer.from(pin) });
for (let count = 0; ; count++) {
  await Promise.all([1, 2, 3, 4].map(() => keys.signAnswer(Buffer.from(String(count)))));
  if (count === 10) process.stdout.write('signing\n');
}
