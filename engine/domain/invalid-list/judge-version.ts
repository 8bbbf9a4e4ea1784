import type { ListHeader } from './list-file.ts';

/** The list in force that a file meets. */
export type ListStanding = {
  readonly version: number;
  readonly listHash: string | undefined;
  readonly fileHash: string | undefined;
};

/**
 * `apply`: the file brings the next version. `done`: this very file is in force. `older`: a later
 * version is in force. `other`: another file brought the same version. `base`: the delta is for another
 * version.
 */
export type VersionVerdict = 'apply' | 'done' | 'older' | 'other' | 'base';

/** Versions never go back, and a delta fits the version it was made for and no other. */
export function judgeVersion(
  header: Pick<ListHeader, 'version' | 'base'>,
  fileHash: string,
  standing: ListStanding | undefined,
): VersionVerdict {
  if (standing === undefined) return header.base === undefined ? 'apply' : 'base';
  if (header.version < standing.version) return 'older';
  if (header.version === standing.version) return fileHash === standing.fileHash ? 'done' : 'other';
  if (header.base === undefined) return 'apply';
  const isBase = header.base === standing.version && standing.listHash !== undefined;
  return isBase ? 'apply' : 'base';
}
