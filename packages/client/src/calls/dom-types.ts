/** A type of the DOM, or `unknown` where an application compiles without them, as in React Native. */
export type DomType<Name extends string> =
  typeof globalThis extends Record<Name, { readonly prototype: infer T }> ? T : unknown

/** The browser's `MediaStream`, for the `srcObject` of a video element. */
export type CallMedia = DomType<'MediaStream'>

/** The browser's `HTMLMediaElement`: a video or audio element. */
export type CallElement = DomType<'HTMLMediaElement'>

/** A STUN or TURN server, as in the browser's `RTCIceServer`. */
export interface IceServer {
  readonly urls: string | string[]
  readonly username?: string
  readonly credential?: string
}
