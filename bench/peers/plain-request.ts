/** Sizes of the peers' world. */
export const plainPeople = 20_000;
export const plainMerchants = 100;
export const plainFunds = 2;

/** A settlement for the plain peer: no signature, no card, the amounts already split. */
export function plainRequest(url: string, index: number): Buffer {
  const body = JSON.stringify({
    requestKey: `plain-${process.pid}-${Date.now()}-${index}`,
    person: (index % plainPeople) + 1,
    merchant: (index % plainMerchants) + 1,
    fund: (index % plainFunds) + 1,
  });
  const head = [
    'POST /settle HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`);
}
