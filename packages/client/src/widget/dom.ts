type Child = Node | string | null
type Listener = (event: never) => void
/** What an element has: attributes, and listeners under `on…`. Left out where it is false or undefined. */
export type Attributes = Readonly<Record<string, string | number | boolean | Listener | undefined>>

/** Makes an element. Texts become text nodes, so that nothing that people write is ever read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  setAll(element, attributes)
  element.append(...children.filter((child) => child !== null))
  return element
}

function setAll(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function')
      element.addEventListener(name.slice(2).toLowerCase(), value as unknown as EventListener)
    else if (value !== false && value !== undefined)
      element.setAttribute(name, value === true ? '' : String(value))
  }
}

/** Sets a text if it is another one: what reads pages aloud says it again otherwise. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Shows an element, or hides it. */
export function show(element: HTMLElement, isShown: boolean): void {
  element.hidden = !isShown
}

/** What has the focus, if it is in an element. */
export function focusedIn(element: HTMLElement): HTMLElement | null {
  const { activeElement } = element.getRootNode() as ShadowRoot
  return element.contains(activeElement) ? (activeElement as HTMLElement) : null
}

const svg = 'http://www.w3.org/2000/svg'

/** What our pictures are drawn with; each is a path in a square of 24. */
const paths = {
  chat: 'M4 4h16v12H9l-5 4z',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6 6-6',
  back: 'M15 6l-6 6 6 6',
  send: 'M4 12h15M13 6l6 6-6 6',
  clip: 'M19 11l-8 8a5 5 0 0 1-7-7l8-8a3.5 3.5 0 0 1 5 5l-8 8a1.8 1.8 0 0 1-3-3l7-7',
  sound: 'M5 9v6h4l5 4V5L9 9zM17 9a4 4 0 0 1 0 6',
  silent: 'M5 9v6h4l5 4V5L9 9zM17 9l5 6M22 9l-5 6',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  star: 'M12 3l2.8 5.9 6.2.8-4.6 4.4 1.2 6.4L12 17.4l-5.6 3.1 1.2-6.4L3 9.7l6.2-.8z',
}
export type IconName = keyof typeof paths

/** A picture beside a text, or in a button that has a name. */
export function icon(name: IconName): SVGElement {
  const picture = document.createElementNS(svg, 'svg')
  setAll(picture, { viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'icon' })
  const path = document.createElementNS(svg, 'path')
  path.setAttribute('d', paths[name])
  picture.append(path)
  return picture
}

/** A button that shows a picture alone. */
export function iconButton(name: IconName, label: string, attributes: Attributes = {}): HTMLButtonElement {
  return h(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': label, title: label, ...attributes },
    icon(name),
  )
}
