import type { CSSProperties } from 'react'

/** A name's initials on a color derived from the id. Hidden from screen readers: the name is always next to it. */
export function Avatar({ name, id, size = 'm' }: { name: string; id: string; size?: 's' | 'm' | 'l' }) {
  const style: CSSProperties & { '--hue': number } = { '--hue': hueOf(id) }
  return (
    <span className={`avatar avatar-${size}`} style={style} aria-hidden="true">
      {initialsOf(name)}
    </span>
  )
}

function hueOf(id: string): number {
  let hash = 0
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3_600
  return hash / 10
}

function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const [first = '?', ...rest] = words.map((word) => String.fromCodePoint(word.codePointAt(0) ?? 0))
  return `${first}${rest.at(-1) ?? ''}`.toUpperCase()
}
