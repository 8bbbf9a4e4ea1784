/** Rows in parts of at most `max`, in their order. */
export async function* inParts<Row>(
  rows: AsyncIterable<Row>,
  max: number,
): AsyncGenerator<readonly Row[]> {
  let part: Row[] = [];
  for await (const row of rows) {
    part.push(row);
    if (part.length < max) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
