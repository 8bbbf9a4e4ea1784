/**
 * What `bin.mjs` starts: the command line on this process's own arguments, streams and environment.
 */
import { runCli } from './program.ts';

// A reader that has seen enough (`… | head`) ends the command; nothing is wrong.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  print: (line) => process.stdout.write(`${line}\n`),
  printError: (line) => process.stderr.write(`${line}\n`),
  loadMain: () => import('../main.ts'),
});
