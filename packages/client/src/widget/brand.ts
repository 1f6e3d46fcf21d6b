const usualColor = '#3b49df'

/** A colour as `#rrggbb`; the usual one where it is none. */
export function colorOf(given: string | undefined): string {
  const short = /^#?([\da-f])([\da-f])([\da-f])$/i.exec(given?.trim() ?? '')
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`.toLowerCase()
  const [, digits] = /^#?([\da-f]{6})$/i.exec(given?.trim() ?? '') ?? []
  return digits === undefined ? usualColor : `#${digits.toLowerCase()}`
}

/** Black or white, whichever is easier to read on a colour: one of the two always has a contrast of 4.5 or more. */
export function inkOn(color: string): '#000000' | '#ffffff' {
  return contrast(color, '#000000') >= contrast(color, '#ffffff') ? '#000000' : '#ffffff'
}

/** How well one colour is seen on another, from 1 to 21, as WCAG counts it. */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
