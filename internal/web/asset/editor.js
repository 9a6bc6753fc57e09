// The editor of a playbook's text: in place of a text field, which goes on holding
// what is sent. It saves by itself while somebody writes, and marks what is wrong.
import { EditorView, basicSetup } from 'codemirror'
import { EditorState } from '@codemirror/state'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { setDiagnostics } from '@codemirror/lint'
import { yaml } from '@codemirror/lang-yaml'
import { tags } from '@lezer/highlight'
import { complete } from './complete.js'

const pause = 800 // milliseconds without a key before the text is saved

const colours = HighlightStyle.define([
	{ tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent-text)' },
	{ tag: [tags.string, tags.content], color: 'var(--text)' },
	{ tag: [tags.comment, tags.lineComment], color: 'var(--muted)', fontStyle: 'italic' },
	{ tag: [tags.punctuation, tags.separator, tags.bracket, tags.squareBracket, tags.brace], color: 'var(--muted)' },
	{ tag: [tags.keyword, tags.meta, tags.labelName, tags.typeName], color: 'var(--cool)' },
	{ tag: tags.invalid, color: 'var(--bad)' },
])

const look = EditorView.theme({
	'&': { fontSize: 'var(--size-2)', backgroundColor: 'transparent', color: 'var(--text)', height: '100%' },
	'&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px', borderRadius: 'var(--radius)' },
	'.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', overflow: 'auto' },
	'.cm-content': { caretColor: 'var(--text)', padding: '0.75rem 0' },
	'.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
	'.cm-gutters': { backgroundColor: 'transparent', color: 'var(--muted)', border: '0' },
	'.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--sunken)', color: 'inherit' },
	'&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--iris-5)' },
	'.cm-selectionMatch': { backgroundColor: 'var(--iris-4)' },
	'.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--iris-4)', outline: 'none' },
	'.cm-foldPlaceholder': { backgroundColor: 'var(--sunken)', border: '0', color: 'var(--muted)' },
	'.cm-tooltip': { backgroundColor: 'var(--surface)', color: 'var(--text)', border: '1px solid var(--line)', borderRadius: 'var(--radius-small)', maxWidth: '40rem' },
	'.cm-diagnostic-error': { borderLeftColor: 'var(--tomato-9)' },
	'.cm-diagnostic-warning': { borderLeftColor: 'var(--amber-9)' },
	'.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--tomato-9)' },
	'.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--amber-9)' },
	'.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
	'.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16rem' },
	'.cm-completionDetail': { fontStyle: 'normal' },
	'.cm-completionInfo': { padding: '0.375rem 0.625rem', maxWidth: '20rem', fontFamily: 'var(--font)' },
	'.cm-diagnosticAction': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)', borderRadius: '4px', font: 'inherit', padding: '0 0.5em' },
	'.cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--text)', borderColor: 'var(--line)' },
	'.cm-textfield, .cm-button': { backgroundColor: 'var(--surface)', backgroundImage: 'none', color: 'var(--text)', border: '1px solid var(--line-strong)' },
})

const form = document.querySelector('form[data-editor]')
const field = form.querySelector('textarea')
const state = form.querySelector('#state')
const keys = form.querySelector('#editor-keys') // what the keyboard does here

// The styles of CodeMirror are made by script, which the policy of these pages
// allows in a shadow root only, where they are no elements.
const host = document.createElement('div')
host.className = 'editor-host'
const root = host.attachShadow({ mode: 'open' })
field.before(host)

let dirty = false // something was written that was not saved
let saving = false
let stopped = false // somebody else saved: by itself, nothing is saved any more
let timer

// What can be written is told by the server, once, when it is first needed.
let source
async function suggest(context) {
	source ??= fetch(form.dataset.language).then((answer) => {
		if (!answer.ok) throw new Error(String(answer.status))
		return answer.json()
	}).then(complete)
	try {
		return (await source)(context)
	} catch {
		source = undefined // asked again with the next word
		return null
	}
}

const editor = new EditorView({
	root,
	parent: root,
	state: EditorState.create({
		doc: field.value,
		extensions: [
			basicSetup,
			yaml(),
			EditorState.languageData.of(() => [{ autocomplete: suggest }]),
			look,
			syntaxHighlighting(colours),
			EditorState.phrases.of(JSON.parse(form.dataset.phrases)),
			EditorView.contentAttributes.of({ 'aria-label': form.querySelector('label').textContent, 'aria-description': keys.textContent, spellcheck: 'false', tabindex: '0' }),
			EditorView.updateListener.of((update) => {
				if (!update.docChanged) return
				field.value = update.state.doc.toString()
				dirty = true
				clearTimeout(timer)
				if (!stopped) timer = setTimeout(save, pause)
			}),
		],
	}),
})
field.hidden = true
keys.hidden = false

// mark shows in the text what the list beside it says.
function mark() {
	const doc = editor.state.doc
	const marks = [...state.querySelectorAll('[data-line]')].map((m) => {
		const line = doc.line(Math.min(Math.max(Number(m.dataset.line), 1), doc.lines))
		// Columns count characters; positions count halves of those beyond the basic plane.
		const from = line.from + [...line.text].slice(0, Math.max(Number(m.dataset.column) - 1, 0)).join('').length
		const word = /^[\w.-]+/.exec(line.text.slice(from - line.from))
		const to = Math.min(from + (word ? word[0].length : 1), line.to)
		const better = word && m.dataset.meant
		return {
			from, to,
			severity: 'warning' in m.dataset ? 'warning' : 'error',
			message: [m.dataset.message, m.dataset.suggestion].filter(Boolean).join('\n'),
			actions: better ? [{ name: form.dataset.mend.replace('%s', better), apply: (view, at, end) => view.dispatch({ changes: { from: at, to: end, insert: better } }) }] : [],
		}
	})
	marks.sort((a, b) => a.from - b.from)
	editor.dispatch(setDiagnostics(editor.state, marks))
}

async function save() {
	clearTimeout(timer)
	if (saving) return // what is dirty is saved after it
	saving = true
	dirty = false
	try {
		const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { 'HX-Request': 'true' } })
		if (answer.status !== 200 && answer.status !== 409 && answer.status !== 422) throw new Error(String(answer.status))
		state.innerHTML = await answer.text()
		stopped = answer.status === 409
		dirty = dirty || answer.status !== 200
		mark()
		if (dirty && answer.status === 200) timer = setTimeout(save, pause)
	} catch {
		dirty = true
		const note = state.querySelector('[data-saved]')
		if (note) {
			note.dataset.saved = 'false'
			note.textContent = form.dataset.unsaved
		}
		timer = setTimeout(save, 5 * pause)
	} finally {
		saving = false
	}
}

form.addEventListener('submit', (event) => {
	event.preventDefault()
	save()
})
state.addEventListener('click', (event) => {
	const to = event.target.closest('[data-line]')
	if (!to) return
	event.preventDefault()
	const doc = editor.state.doc
	const line = doc.line(Math.min(Math.max(Number(to.dataset.line), 1), doc.lines))
	const at = Math.min(line.from + Math.max(Number(to.dataset.column) - 1, 0), line.to)
	editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
	editor.focus()
})
document.addEventListener('keydown', (event) => {
	if ((event.ctrlKey || event.metaKey) && event.key === 's') {
		event.preventDefault()
		save()
	}
})
addEventListener('beforeunload', (event) => {
	if (dirty) event.preventDefault()
})

mark()
