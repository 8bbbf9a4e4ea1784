/** Entry point of `bin.mjs`: runs the command line with this process's arguments, streams and variables. */
import { createLineAsker } from '../../terminal-adapter/counter/ask-line.ts';
import { runCli } from './program.ts';

// A closed reader (`… | head`) ends the command without an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  print: (line) => process.stdout.write(`${line}\n`),
  printError: (line) => process.stderr.write(`${line}\n`),
  ...(process.stdin.isTTY && { askSecret }),
  loadMain: () => import('../main.ts'),
});

async function askSecret(question: string): Promise<string | undefined> {
  const asker = createLineAsker();
  try {
    return await asker.ask(question, true);
  } finally {
    asker.close();
  }
}
