/** How something is created. */
export interface CreateOptions {
  /**
   * A UUID that names the intention. Creating again under the same one answers with what was created the first time, so that a
   * retry after a timeout creates nothing twice. Default: a new one for each call.
   */
  readonly cid?: string
}
