// A card in a reader of vpcd: connects to its port, which is putting the card in. Arguments: port, "T=0" or
// "T=1", and the number of commands after which it is pulled in the middle of the next (0: never).
import { connect } from 'node:net';
import { createVirtualCard } from '../../../terminal-adapter/virtual-card/virtual-card.ts';
import { t0Card } from '../../unit/terminal-adapter/virtual-card/t0-card.ts';
import { countingRandom, testCard } from '../../unit/terminal-adapter/virtual-card/test-card.ts';

const [port = '', protocol = 'T=0', pulledAfter = '0'] = process.argv.slice(2);
const plain = createVirtualCard(testCard('sm4'), { random: countingRandom() });
const card = protocol === 'T=0' ? t0Card(plain) : plain;
/** One byte from vpcd is a control: off, on, reset; the ATR is the only one with an answer. */
const GIVE_ATR = 4;

const socket = connect(Number(port), '127.0.0.1');
socket.setNoDelay(true);
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(0));

let commands = 0;
let waiting = Buffer.alloc(0);
socket.on('data', (chunk) => {
  waiting = Buffer.concat([waiting, chunk]);
  while (waiting.length >= 2) {
    const end = 2 + waiting.readUInt16BE(0);
    if (waiting.length < end) return;
    take(waiting.subarray(2, end));
    waiting = waiting.subarray(end);
  }
});

function take(payload: Uint8Array): void {
  if (payload.length !== 1) {
    commands += 1;
    if (commands > Number(pulledAfter) && pulledAfter !== '0') socket.destroy();
    else give(card.transmit(payload));
  } else if (payload[0] === GIVE_ATR) give(card.atr);
  else card.reset();
}

function give(bytes: Uint8Array): void {
  const frame = Buffer.alloc(2 + bytes.length);
  frame.writeUInt16BE(bytes.length, 0);
  frame.set(bytes, 2);
  socket.write(frame);
}
