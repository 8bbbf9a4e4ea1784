/**
 * `npm run reader:build`, `npm run hsm:build`: builds an add-on (`pcsclite` for readers, `pkcs11js` for
 * modules) for the Node that runs it, and shows that this Node loads it. The headers come with the package
 * of Node; where they are missing, node-gyp fetches those of its own Node, which is the same within `npm
 * run`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [folder = 'node_modules/pcsclite'] = process.argv.slice(2);
const projectRoot = join(import.meta.dirname, '../..');

/** Folder of Node's headers, as node-gyp wants it. */
function findNodeFolder(): string | undefined {
  const nested = join(projectRoot, 'node_modules/node/node_modules');
  const folders = existsSync(nested) ? readdirSync(nested).map((name) => join(nested, name)) : [];
  return folders.find((path) => existsSync(join(path, 'include/node/node_version.h')));
}

/**
 * Environment for node-gyp: `nodedir` of an npmrc would win over any option, and be that of another Node.
 */
function buildEnvironment(): NodeJS.ProcessEnv {
  const { npm_config_nodedir: _other, ...rest } = process.env;
  const nodeFolder = findNodeFolder();
  return nodeFolder === undefined ? rest : { ...rest, npm_config_nodedir: nodeFolder };
}

function end(zh: string, en: string, code: number): void {
  process.stderr.write(`${zh}\n${en}\n`);
  process.exitCode = code;
}

const path = resolve(projectRoot, folder);
const built = spawnSync('node-gyp', ['rebuild'], {
  cwd: path,
  env: buildEnvironment(),
  stdio: 'inherit',
});
const loaded =
  built.status === 0 &&
  spawnSync(process.execPath, ['-e', 'require(process.argv[1])', path], { stdio: 'inherit' })
    .status === 0;
if (loaded) {
  end('组件已编译并可加载', `The add-on is built, and Node ${process.version} loads it`, 0);
} else if (built.status === 0) {
  end(
    `已编译，但 Node ${process.version} 无法加载：头文件属于另一个 Node`,
    `It was built, but Node ${process.version} does not load it: the headers were those of another Node`,
    1,
  );
} else {
  end(
    '编译失败；Debian 需要 build-essential、python3（读卡器还需 libpcsclite-dev），并用 npm run reader:build 或 npm run hsm:build 运行',
    'The build failed; Debian needs build-essential and python3 (readers libpcsclite-dev too), and it runs by npm run reader:build or npm run hsm:build',
    1,
  );
}
