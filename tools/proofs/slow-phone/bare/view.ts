/** A message as the page shows it. */
export interface Line {
  readonly text: string
  readonly isSent: boolean
}

const [messages, form, box] = ['#messages', 'form', 'textarea'].map((one) => document.querySelector(one)) as [
  HTMLElement,
  HTMLFormElement,
  HTMLTextAreaElement,
]

/** Shows messages as plain lines, and lets one write. */
export function show(lines: readonly Line[]): void {
  messages.replaceChildren(...lines.map(articleOf))
  messages.lastElementChild?.scrollIntoView()
  box.disabled = false
}

function articleOf({ text, isSent }: Line): HTMLElement {
  const article = document.createElement('article')
  const words = document.createElement('p')
  words.dataset.messageText = ''
  words.textContent = text
  article.append(words, isSent ? '' : 'Sending…')
  return article
}

export function onSend(send: (text: string) => void): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    send(box.value)
    box.value = ''
  })
}
