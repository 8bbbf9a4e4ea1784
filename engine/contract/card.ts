import { type Static, Type } from 'typebox';

import { closed, Day, orNull } from './values.ts';

export const CardIdText = Type.String({
  pattern: '^[0-9A-F]{32}$',
  description: '卡识别码 of EF05 record 01',
});

export const CardBody = closed(
  {
    cardId: CardIdText,
    cardNumber: Type.String({ pattern: '^[0-9A-Za-z]{1,32}$', examples: ['A12345678'] }),
    cardClass: Type.String({ pattern: '^[0-9A-Za-z]{1,2}$', examples: ['1'] }),
    specVersion: Type.String({ pattern: '^[0-9]\\.[0-9]{2}$', examples: ['3.00'] }),
    issuedOn: Day,
    expiresOn: orNull(Day),
  },
  'What the terminal read from EF05 of the card in the slot',
);
export type CardBody = Static<typeof CardBody>;
