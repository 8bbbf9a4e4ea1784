import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Questions to whoever sits at this terminal. */
export type LineAsker = {
  /** The next line that is typed; undefined when there is none any more. A secret is not shown. */
  ask(question: string, isSecret?: boolean): Promise<string | undefined>;
  close(): void;
};

/** Asks on stderr, so that stdout is free for the outcome. Touches stdin at the first question. */
export function createLineAsker(): LineAsker {
  let isMuted = false;
  let lines: ReturnType<typeof openLines> | undefined;
  return {
    ask: async (question, isSecret = false) => {
      lines ??= openLines(() => isMuted);
      process.stderr.write(question);
      isMuted = isSecret;
      const { value, done } = await lines.typed.next();
      isMuted = false;
      if (isSecret) process.stderr.write('\n');
      return done === true ? undefined : value;
    },
    close: () => lines?.close(),
  };
}

function openLines(isMuted: () => boolean) {
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isMuted()) process.stderr.write(chunk);
      done();
    },
  });
  const reading = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY });
  // readline takes Ctrl-C for itself; it is meant for the program.
  reading.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return { typed: reading[Symbol.asyncIterator](), close: () => reading.close() };
}
