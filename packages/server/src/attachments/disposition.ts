/** The header `content-disposition` for a file's name, as RFC 6266 wants it. */
export function contentDisposition(disposition: 'inline' | 'attachment', name: string): string {
  // Old clients read the first form, and must find no quote, backslash or percent sign in it.
  const plain = name.replace(/[^\x20-\x7e]|["\\%;]/g, '_')
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${encoded(name)}`
}

/** What RFC 5987 lets stand as it is is less than what `encodeURIComponent` does. */
function encoded(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
