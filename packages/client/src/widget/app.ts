// What `widget.js` loads from the server behind its bubble.
export { createWidgetApp } from './widget-app.ts'
