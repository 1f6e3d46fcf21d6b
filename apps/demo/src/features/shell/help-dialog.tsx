import { Dialog } from '../../components/dialog.tsx'
import { Switch } from '../../components/switch.tsx'
import { changePageSettings, usePageSettings } from './page-settings.ts'
import { shortcutGroups, textMarks } from './shortcuts.ts'
import './help-dialog.css'

/** What keys do, and how texts are marked. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { hasKeys } = usePageSettings()
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      {shortcutGroups.map(({ title, shortcuts }) => (
        <section key={title} className="help-group">
          <h3>{title}</h3>
          <dl>
            {shortcuts.map(({ keys, does }) => (
              <div key={does}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <section className="help-group">
        <h3>Marks in a text</h3>
        <dl>
          {textMarks.map(([mark, does]) => (
            <div key={mark}>
              <dt>
                <code>{mark}</code>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </section>
      <Switch
        label="Single keys, such as ? and /"
        isOn={hasKeys}
        onChange={(isOn) => changePageSettings({ hasKeys: isOn })}
      />
    </Dialog>
  )
}
