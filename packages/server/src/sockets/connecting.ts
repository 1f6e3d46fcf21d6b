import type { Admission } from '../http/admission.ts'
import type { Meter } from '../metrics/meter.ts'
import type { EngineConnection } from './private-transport.ts'
import { cut } from './transport.ts'

const tickMs = 1_000

/** Connections that have not said yet who they are: closes those that take too long, and those that are too many. */
export class Connecting {
  readonly #admission: Admission
  readonly #meter: Meter | undefined
  readonly #connectMs: number
  /** Since when, the oldest first. */
  readonly #since = new Map<EngineConnection, number>()
  readonly #timer: NodeJS.Timeout

  constructor(admission: Admission, connectMs: number, meter?: Meter) {
    this.#admission = admission
    this.#meter = meter
    this.#connectMs = connectMs
    this.#timer = setInterval(() => this.#closeLate(), tickMs).unref()
    const connecting = this
    this.#onClose = function onClose(this: EngineConnection) {
      connecting.admitted(this)
      admission.remove(this)
    }
  }

  /** The listener that all connections share, with the connection as `this`. */
  readonly #onClose: (this: EngineConnection) => void

  /** Follows a new connection. */
  readonly follow = (connection: EngineConnection): void => {
    connection.once('close', this.#onClose)
    this.#since.set(connection, performance.now())
    if (this.#admission.add(connection)) connection.close(true)
  }

  /** A socket has said who it is. */
  admitted(connection: EngineConnection): void {
    this.#since.delete(connection)
  }

  /** A socket has said goodbye. Its connection may stay open for another one, but not for long. */
  left(connection: EngineConnection): void {
    if (connection.readyState === 'open') this.#since.set(connection, performance.now())
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #closeLate(): void {
    const before = performance.now() - this.#connectMs
    for (const [connection, since] of this.#since) {
      if (since > before) return
      this.#meter?.refused('connectMs')
      connection.close(true)
      // Nothing is said to those who have said nothing.
      cut({ conn: connection })
    }
  }
}
