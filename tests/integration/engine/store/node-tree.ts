/** What PostgreSQL understood of a statement: a node of its parse tree (`pg_node_tree`). */
export type TreeNode = {
  /** "QUERY", "VAR", … */
  readonly type: string;
  readonly fields: ReadonlyMap<string, Tree>;
};

/** `undefined` stands for `<>`: nothing. */
export type Tree = string | readonly Tree[] | TreeNode | undefined;

/** Reads the text form of a `pg_node_tree`: `{TYPE :field value …}`, `(list)`, words with backslashes. */
export function readNodeTree(text: string): Tree {
  const words = text.match(/[(){}]|(?:\\[\s\S]|[^\s(){}\\])+/g) ?? [];
  let next = 0;

  function readValue(): Tree {
    const word = words[next++];
    if (word === '(') return readUntil(')');
    if (word === '{') return readNode();
    return word === '<>' ? undefined : word?.replace(/\\([\s\S])/g, '$1');
  }

  function readUntil(end: string): readonly Tree[] {
    const values: Tree[] = [];
    while (next < words.length && words[next] !== end) values.push(readValue());
    next++;
    return values;
  }

  function readNode(): TreeNode {
    const type = words[next++] ?? '';
    const fields = new Map<string, Tree>();
    while (next < words.length && words[next] !== '}') {
      const name = (words[next++] ?? '').slice(1);
      const values: Tree[] = [];
      while (next < words.length && words[next] !== '}' && !words[next]?.startsWith(':')) {
        values.push(readValue());
      }
      fields.set(name, values.length === 1 ? values[0] : values);
    }
    next++;
    return { type, fields };
  }

  return readValue();
}

export function isNode(tree: Tree): tree is TreeNode {
  return typeof tree === 'object' && 'fields' in tree;
}

/** The nodes of a list, of a list of lists, or the node itself. */
export function nodesOf(tree: Tree): readonly TreeNode[] {
  if (isNode(tree)) return [tree];
  return Array.isArray(tree) ? tree.flatMap(nodesOf) : [];
}

export function nodeAt(node: TreeNode, field: string): TreeNode | undefined {
  return nodesOf(node.fields.get(field))[0];
}

export function wordAt(node: TreeNode, field: string): string | undefined {
  const value = node.fields.get(field);
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(node: TreeNode, field: string): number {
  return Number(wordAt(node, field));
}

/**
 * Every node of a tree, with how many queries deep inside it it stands; `into` says whether to go on into a
 * node's fields.
 */
export function* walkTree(
  tree: Tree,
  into: (node: TreeNode) => boolean = () => true,
  depth: number = 0,
): Generator<readonly [node: TreeNode, depth: number]> {
  for (const node of nodesOf(tree)) {
    yield [node, depth];
    if (!into(node)) continue;
    const inside = node.type === 'QUERY' ? depth + 1 : depth;
    for (const field of node.fields.values()) yield* walkTree(field, into, inside);
  }
}
