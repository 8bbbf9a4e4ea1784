import {
  CardLifeDocument,
  CardOrderDocument,
  CardOrderRequest,
  CardPersonParams,
} from '../../../contract/cards.ts';
import { ProblemResponse } from '../../../contract/problem.ts';
import type { CardOfficeDeps } from '../../../flows/card/card-office.ts';
import { orderOnCard, readCardLife } from '../../../flows/card/card-office.ts';
import { cardLifeDocument } from '../../../render/card-json.ts';
import { requireOperator, sendOfficeRefusal } from '../../auth/operator-auth.ts';
import type { OperatorScope } from '../../scope.ts';
import { sendJson, sendRendered } from '../../send-answer.ts';
import { readJsonBody } from '../../strict-request.ts';

/** /v1/cards, for operators of the card office and of banks. */
export function registerCards({ app, authenticate }: OperatorScope, cards: CardOfficeDeps): void {
  app.post(
    '/v1/cards/orders',
    {
      preValidation: [authenticate, readJsonBody],
      schema: {
        operationId: 'orderOnCard',
        summary: 'Do something with a card or an application form (用卡业务)',
        description:
          'Each is a step on record: who, when, why, on what evidence. The same orderId again is the ' +
          'same step. What the state does not allow is refused with what would be needed.',
        body: CardOrderRequest,
        response: { 200: CardOrderDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal } = requireOperator(request);
      const done = await orderOnCard(cards, principal, request.body);
      return done.ok ? sendRendered(reply, done.value) : sendOfficeRefusal(reply, done.error);
    },
  );
  app.get(
    '/v1/cards/of/:personNo',
    {
      preValidation: authenticate,
      schema: {
        operationId: 'cardsOfPerson',
        summary: 'Cards, application forms and steps of a person',
        params: CardPersonParams,
        response: { 200: CardLifeDocument, default: ProblemResponse },
      },
    },
    async (request, reply) => {
      const { principal } = requireOperator(request);
      const life = await readCardLife(cards, principal, request.params.personNo);
      return life.ok
        ? sendJson(reply, 200, cardLifeDocument(life.value))
        : sendOfficeRefusal(reply, life.error);
    },
  );
}
