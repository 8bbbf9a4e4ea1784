import packageJson from '../../package.json' with { type: 'json' };

/** Of this release, as in package.json: for `--version`, health and metrics. */
export const version: string = packageJson.version;
