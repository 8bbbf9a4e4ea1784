/** One block of commands of a page; the tag stands behind its language. */
export type PageBlock = { readonly tag: string; readonly text: string };

/** The shell blocks of a page, in their order: what is tagged is for somebody's own values, or runs on. */
export function pageBlocks(page: string): readonly PageBlock[] {
  return [...page.matchAll(/^```sh ?(\w*)\n([\s\S]*?)^```$/gm)].map(([, tag = '', text = '']) => ({
    tag,
    text,
  }));
}
