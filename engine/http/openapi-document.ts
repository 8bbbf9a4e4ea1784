/** The generated OpenAPI document, completed with shared schemas, headers and examples. */
import { examples } from './openapi-examples.ts';
import {
  answerHeaderReferences,
  answerHeaders,
  requestHeaderReferences,
  requestHeaders,
} from './openapi-headers.ts';
import { type Node, shareSchemas } from './openapi-shared.ts';

/** What the answers of operations are; a refusal says it itself. */
const meanings: Readonly<Record<string, string>> = {
  signIn: 'Session keys, wrapped, and what the terminal needs beside them',
  issueChallenge: 'What the chip must answer, for this card, amount and terminal, for a minute',
  quote: 'Who would pay what',
  settle: 'The settlement',
  findByRequestKey: 'What the engine has under the key',
  readSettlement: 'The settlement in any state',
  refund: 'What went back, and where to',
  answerKeys: 'Keys that verify answers',
  operatorSignIn: 'The session’s token, and whose it is',
  operatorSignOut: 'The session has ended',
  operatorMe: 'Whose session it is',
  operatorPassword: 'The password is changed',
  operatorAccounts: 'All accounts',
  operatorAdd: 'What the new operator needs, told once',
  operatorChange: 'The account as it is now',
  proposals: 'What waits',
  proposalApprove: 'It is done',
  proposalWithdraw: 'It is withdrawn',
  auditList: 'The newest first',
  operatorReset: 'What the operator needs, told once',
  orderOnCard: 'The card and its step',
  cardsOfPerson: 'The person’s cards and applications',
  personInsurance: 'What has been said of the person’s insurance, and what is in force',
  personAccount: 'The medical personal account and what moved it',
  invalidLists: 'The lists in force',
  queryInvalidLists: 'Those of the cards that are listed',
  invalidListChanges: 'Entries that came and went since the version',
  offlineList: 'The files of the compact list',
  offlineListPart: 'A part of the file, and where the next one begins',
  live: 'The process runs',
  ready: 'Whether the engine can settle, and each check',
};
const OPEN = 'The outcome is not known yet: enquire after a pause, do not collect again';

/** What is stored with its request key, so that a repeat gets it again. */
const stored: ReadonlySet<unknown> = new Set(['settle', 'refund']);

/** The document of the routes with everything that an integrator needs; the original is not changed. */
export function completeOpenApi(document: Node): Node {
  const { schemas, refer } = shareSchemas();
  const { components, paths, ...rest } = document;
  return {
    ...rest,
    components: {
      ...asNode(components),
      schemas,
      parameters: requestHeaders,
      headers: answerHeaders,
    },
    paths: mapNode(paths, (item) =>
      mapNode(item, (operation) => completeOperation(asNode(operation), refer)),
    ),
  };
}

function completeOperation(operation: Node, refer: (value: unknown) => unknown): Node {
  const { operationId, security, parameters, requestBody, responses } = operation;
  const example = examples[String(operationId)];
  const isSigned = JSON.stringify(security)?.includes('terminalSignature') ?? false;
  const own = Array.isArray(parameters) ? parameters : [];
  return {
    ...operation,
    ...(isSigned && { parameters: [...own, ...requestHeaderReferences] }),
    ...(requestBody !== undefined && {
      requestBody: withExample(requestBody, example?.request, refer),
    }),
    responses: mapNode(responses, (response, status) => ({
      ...withExample(response, example?.responses[status], refer),
      ...(status !== 'default' && {
        description: status === '202' ? OPEN : (meanings[String(operationId)] ?? ''),
      }),
      ...(isSigned && { headers: answerHeaderReferences(status, stored.has(operationId)) }),
    })),
  };
}

/** A request body or a response with references in place of schemas, and the example beside each. */
function withExample(
  part: unknown,
  example: object | undefined,
  refer: (value: unknown) => unknown,
): Node {
  const { content, ...rest } = asNode(part);
  return {
    ...rest,
    content: mapNode(content, (media) => ({
      ...asNode(refer(media)),
      ...(example !== undefined && { example }),
    })),
  };
}

function asNode(value: unknown): Node {
  return typeof value === 'object' && value !== null ? (value as Node) : {};
}

function mapNode(value: unknown, map: (part: unknown, name: string) => unknown): Node {
  return Object.fromEntries(
    Object.entries(asNode(value)).map(([name, part]) => [name, map(part, name)]),
  );
}
