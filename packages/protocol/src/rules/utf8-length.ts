/** Bytes of a JSON text as UTF-8. Counted here, since not every environment has a `TextEncoder` (Jest's jsdom has none). */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const isSurrogate = unit >= 0xd800 && unit <= 0xdfff
    // A surrogate pair has two units and four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && !isSurrogate ? 2 : 1
  }
  return bytes
}
