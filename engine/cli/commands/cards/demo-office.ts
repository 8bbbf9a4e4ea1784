/** Officers of the demonstration: signed in over HTTP with password and second factor. */
import { randomBytes } from 'node:crypto';
import { totpCode, totpStep } from '../../../base/crypto/totp.ts';
import type { CardOrderBody, CardOrderRequest } from '../../../contract/cards.ts';

export type OfficerSecrets = {
  readonly name: string;
  readonly password: string;
  /** Of the authenticator, base 32. */
  readonly secret: string;
};

/** What an officer's request came to. */
export type OrderOutcome = {
  readonly isDone: boolean;
  readonly code: string;
  readonly detail: string;
};

export type Officer = {
  order(order: CardOrderBody, reason: string): Promise<OrderOutcome>;
  readLife(): Promise<LifeDocument>;
};

export type LifeDocument = {
  readonly cards: readonly {
    readonly cardId: string;
    readonly status: string;
    readonly medical: string;
    readonly financial: string;
    readonly isPinLocked: boolean;
    readonly oralLossUntil: string | null;
  }[];
  readonly steps: readonly { readonly kind: string; readonly by: { readonly id: string } }[];
};

/** Of the window: where the engine is, and what its clock says, ms. */
export type DemoPlace = { readonly url: string; readonly now: () => number };

/** Signs an officer in, and changes the password that was handed over. */
export async function openOfficer(
  place: DemoPlace,
  secrets: OfficerSecrets,
  personNo: string,
): Promise<Officer> {
  const { name, password, secret } = secrets;
  const code = totpCode(fromBase32(secret), totpStep(place.now()));
  const session = await ask<{ readonly token: string; readonly mustChangePassword: boolean }>(
    place,
    { path: '/v1/operator/sign-in', body: { name, password, code } },
  );
  if (session.status !== 200)
    throw new Error(`sign-in of ${name}: ${JSON.stringify(session.body)}`);
  const { token, mustChangePassword } = session.body;
  if (mustChangePassword) {
    const body = { oldPassword: password, newPassword: newPasswordOf(secrets) };
    await ask(place, { path: '/v1/operator/password', token, body });
  }
  return {
    async order(order, reason) {
      const body: CardOrderRequest = {
        ...{ orderId: `demo-${randomBytes(12).toString('hex')}`, personNo, reason, order },
        evidence: { identity: 'ID card', record: 'DEMO-1' },
      };
      const said = await ask<{ readonly code?: string; readonly detail?: string }>(place, {
        ...{ path: '/v1/cards/orders', token, body },
      });
      const { code = '', detail = '' } = said.body;
      return { isDone: said.status === 200, code, detail };
    },
    async readLife() {
      const said = await ask<LifeDocument>(place, { path: `/v1/cards/of/${personNo}`, token });
      if (said.status !== 200) throw new Error(`reading: ${JSON.stringify(said.body)}`);
      return said.body;
    },
  };
}

/** The password after the first sign-in; the demonstration's account is gone when it ends. */
export function newPasswordOf({ password }: OfficerSecrets): string {
  return `${password} again`;
}

type Asked = { readonly path: string; readonly token?: string; readonly body?: object };

async function ask<T>(
  { url }: DemoPlace,
  { path, token, body }: Asked,
): Promise<{ readonly status: number; readonly body: T }> {
  const response = await fetch(new URL(path, url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

/** As an authenticator app reads it. */
function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map((letter) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
    )
    .join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
