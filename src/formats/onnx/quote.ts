/** A name from a file, for a message: in quotes and not longer than a person reads. */
export const quote = (name: string): string => `'${name.length > 80 ? `${name.slice(0, 79)}…` : name}'`

/** A node for a message: its name and operator, or its place where it has no name. */
export const nodeTitle = (node: { name: string; type: string }, index: number): string =>
  node.name ? `node ${quote(node.name)} (${node.type})` : `node ${index} (${quote(node.type)})`
