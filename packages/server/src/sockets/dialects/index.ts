import { RequestError } from '../../errors.ts'
import type { SocketData } from '../socket.ts'
import { currentDialect } from './current.ts'
import type { Dialect, DialectOptions } from './dialect.ts'
import { v2Dialect } from './v2.ts'

/** The only list of dialects: to add one, write a file next to these and a line here. */
export function createDialects(options: DialectOptions): Dialects {
  return new Dialects([v2Dialect(options), currentDialect(options)])
}

/** Every dialect that the server speaks. */
export class Dialects {
  readonly all: readonly Dialect[]
  readonly #byProtocol: ReadonlyMap<unknown, Dialect>

  constructor(all: readonly Dialect[]) {
    this.all = all
    this.#byProtocol = new Map(all.map((dialect) => [dialect.protocol, dialect]))
  }

  /** The dialect of a handshake's `protocol`. Fails with `unsupported_protocol`. */
  find(protocol: unknown): Dialect {
    const dialect = this.#byProtocol.get(protocol)
    if (dialect) return dialect
    const spoken = this.all.flatMap((one) => one.protocol ?? []).join(' and ')
    throw new RequestError('unsupported_protocol', `protocol: this server speaks ${spoken}`)
  }

  /** The dialect of an admitted socket. */
  of({ data }: { readonly data: SocketData }): Dialect {
    return this.find(data.protocol)
  }
}
