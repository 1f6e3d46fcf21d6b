import type { Cors } from './answers.ts'

/** Why an upload is refused. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Cors

  constructor(status: number, text: string, headers: Cors = {}) {
    super(text)
    this.status = status
    this.headers = headers
  }
}

/** The sender has gone, or sends nothing any more: nobody reads an answer. */
export class Aborted extends Error {}
