import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

import { ACCEPT_TREE } from '../base/signatures/signature-base.ts';
import { completeOpenApi } from './openapi-document.ts';
import { defaultHttpSettings } from './settings.ts';

const windowSeconds = defaultHttpSettings.signatureAgeMaxMs / 1000;

const description = `Settlement of bills with the Chinese social-security card. Money is decimal
text, objects are closed, nothing is coerced. Every request under /v1 (but answer-keys) carries
Content-Digest, Signature-Input and Signature in the shape of RFC 9421:
\`y=("@method" "@path" "@query" "content-digest");created=…;nonce="…";keyid="<terminal>";alg="…"\`,
alg ed25519 for the sign-in and hmac-sm3 (session MAC key) for all else. A request is good for
${windowSeconds} seconds and once. Answers are signed with ed25519 over
\`("@status" "content-digest" "signature";req;key="y")\`, which binds them to the request.
A terminal that sends Accept-Signature \`${ACCEPT_TREE}\` gets alg ed25519-tree:
the base is the leaf of a Merkle tree (SHA-256, RFC 9162 2.1), and Signature holds the Ed25519
signature (64 bytes) of the root, the leaf's index and the number of leaves (2 bytes each, high byte
first), and the sibling hashes from the bottom up. The key signs the ASCII text
"yikatong answers 1" and a line feed, the number of leaves (2 bytes), the root (32 bytes).
An answer whose signature is missing or wrong is an unknown outcome, never an approval.
Trust only an answer key that was installed with the terminal (pinned): read GET /v1/answer-keys on
the engine's own machine, not over the line, and never take the key of a sign-in's answer instead,
which a man in the middle can replace. Before the key changes, terminals are given the next one in
the same way and accept either; key ids are never used again. Requests carry card data in clear, so
the line is TLS.`;

/** The fixed part of the OpenAPI 3.1 document; paths and schemas come from the routes. */
export const openApiOptions: FastifyDynamicSwaggerOptions = {
  transformObject: (document) =>
    'openapiObject' in document ? completeOpenApi(document.openapiObject) : {},
  openapi: {
    openapi: '3.1.0',
    info: { title: 'yikatong', version: '1', description: description.replaceAll('\n', ' ') },
    components: {
      securitySchemes: {
        terminalSignature: {
          type: 'apiKey',
          in: 'header',
          name: 'Signature',
          description:
            'HTTP message signature of the terminal, with Signature-Input and Content-Digest',
        },
        bankSignature: {
          type: 'apiKey',
          in: 'header',
          name: 'Signature',
          description:
            'HTTP message signature (ed25519) of a card’s bank, with Signature-Input and Content-Digest; keyid is the bank’s code',
        },
        operatorSession: {
          type: 'http',
          scheme: 'bearer',
          description: 'Token of an operator’s session, from /v1/operator/sign-in',
        },
      },
    },
  },
};
