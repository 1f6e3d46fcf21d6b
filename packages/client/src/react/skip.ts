/** Given to a hook in place of a name or an id, it asks for nothing. A symbol, since a room may be called "skip". */
export const skip: unique symbol = Symbol('skip')
export type Skip = typeof skip
