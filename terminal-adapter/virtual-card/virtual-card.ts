/**
 * A social-security card in software: the same bytes in and out as a chip. The sandbox issues it,
 * the simulated reader holds it, and it can be served to a real PC/SC service.
 */

import { equalBytes, fromHex } from '../../engine/base/crypto/bytes.ts';
import { encodeResponse, parseCommand } from '../apdu/apdu.ts';
import type { CardProtocol } from '../apdu/exchange.ts';
import { SW_FILE_NOT_FOUND } from '../apdu/status-word.ts';
import { type Applet, answer, type CardMemory } from './applet.ts';
import { createDebitApplet } from './debit-applet.ts';
import { paymentDirectoryApplet } from './payment-directory-applet.ts';
import type { CardPersonalisation, CardState } from './personalisation.ts';
import { createSocialSecurityApplet } from './social-security-applet.ts';

/** Third-generation card; the serial in the last historical bytes is invented. */
const ATR = '3B6D0000008C544CB38684410000000001';

/** A card as it leaves the issuer. */
export const NEW_CARD_STATE: CardState = { pinTriesLeft: 3, atc: 0 };

export type VirtualCard = {
  readonly atr: Uint8Array;
  readonly protocol: CardProtocol;
  /** One command APDU to its response APDU. It never throws: a chip has only status words. */
  transmit(command: Uint8Array): Uint8Array;
  /** Power off and on: what was selected and verified is forgotten, tries and counter are not. */
  reset(): void;
  /** What survives without power, to be stored and passed to `createVirtualCard` later. */
  exportState(): CardState;
};

function isSelectByName(ins: number, p1: number): boolean {
  return ins === 0xa4 && p1 === 0x04;
}

/**
 * @param chip `random(bytes)` feeds GET CHALLENGE; `state` is an earlier `exportState`
 */
export function createVirtualCard(
  personalisation: CardPersonalisation,
  chip: { random: (bytes: number) => Uint8Array; state?: CardState },
): VirtualCard {
  const memory: CardMemory = { ...(chip.state ?? NEW_CARD_STATE) };
  const { socialSecurity, debit } = personalisation;
  const applets: readonly Applet[] = [
    createSocialSecurityApplet(socialSecurity, memory, chip.random),
    ...(debit === undefined ? [] : [paymentDirectoryApplet, createDebitApplet(debit, memory)]),
  ];
  let selected: Applet | undefined;

  function transmit(bytes: Uint8Array): Uint8Array {
    const parsed = parseCommand(bytes);
    if (!parsed.ok) return encodeResponse(0x6700);
    const command = parsed.value;
    if (command.cla !== 0x00 && command.cla !== 0x80) return encodeResponse(0x6e00);
    if (isSelectByName(command.ins, command.p1)) {
      const applet = applets.find(({ name }) => equalBytes(name, command.data));
      if (applet === undefined) return encodeResponse(SW_FILE_NOT_FOUND);
      selected = applet;
      return answer(applet.select(), command.le);
    }
    return selected === undefined ? encodeResponse(0x6d00) : selected.process(command);
  }

  return {
    atr: fromHex(ATR),
    protocol: 'T=1',
    transmit,
    reset: () => {
      selected = undefined;
    },
    exportState: () => ({ ...memory }),
  };
}
