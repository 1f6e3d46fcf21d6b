/** The name or id that a part of an address stands for, or null. */
export function nameOf(part = ''): string | null {
  try {
    return decodeURIComponent(part) || null
  } catch {
    return part
  }
}

/** The parts of an address after a page's path. */
export function partsOf(location: string, page: string): readonly string[] {
  return location.startsWith(`${page}/`) ? location.slice(page.length + 1).split('/') : []
}
