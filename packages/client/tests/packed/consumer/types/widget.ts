import { openWidget, type Widget, type WidgetOptions } from '@dowellchat/client/widget'

const options: WidgetOptions = {
  url: 'https://chat.example',
  auth: { guest: true, workspace_id: 'shop' },
  theme: 'dark',
  texts: { send: 'Senden' },
}
const widget: Widget = openWidget(options)
widget.open()
widget.update({ auth: { token: 'a' } })
widget.destroy()
// @ts-expect-error a page has no server key
openWidget({ url: 'https://chat.example', auth: { workspace_id: 'shop', api_key: 'a', user_id: 'ann' } })
// @ts-expect-error texts are those that there are
openWidget({ ...options, texts: { sent: 'Gesendet' } })
