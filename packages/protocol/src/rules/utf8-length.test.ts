import { expect, it } from 'vitest'
import { utf8Length } from './utf8-length.ts'

it.each(['', 'plain', 'é', 'ß€', '𝄞', '👩‍💻', '\u0000\u007f\u0080\u07ff\u0800\uffff', '日本語'])(
  'counts the bytes of %j as TextEncoder does',
  (text) => expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length),
)
