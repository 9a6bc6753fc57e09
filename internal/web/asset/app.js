// What pages do beyond links and forms. Everything works without it, more slowly.
import htmx from 'htmx.org/dist/htmx.esm.js'

const root = document.documentElement

// on calls fn for what happens below elements that match, also later ones.
function on(what, selector, fn) {
	document.addEventListener(what, (event) => {
		const at = event.target instanceof Element ? event.target.closest(selector) : null
		if (at) fn(at, event)
	})
}

// A form is sent once, however often somebody presses its button until the answer is
// there. One that stays, since its answer is a file, can be sent again after a while.
const again = 5000 // milliseconds
const sent = new WeakMap()
document.addEventListener('submit', (event) => {
	const form = event.target
	if (event.defaultPrevented || form.getAttribute('method') !== 'post') return
	if (Date.now() - (sent.get(form) ?? -again) < again) event.preventDefault()
	else sent.set(form, Date.now())
})

// A form that asked for a part of its page after the session ended is sent as it is
// without a script, so that the page to sign in keeps what was typed.
on('session-ended', 'form [hx-post]', (field) => {
	field.form.noValidate = true
	field.form.requestSubmit(field.type === 'submit' ? field : null)
})

// A form or a select that sends itself when it is changed.
on('change', '[data-send]', (field) => field.form?.requestSubmit())

// Copying, and saying so.
on('click', '[data-copy]', async (button) => {
	const from = document.getElementById(button.dataset.copy)
	if (!from) return
	await navigator.clipboard.writeText(from.textContent)
	button.classList.add('is-done')
	setTimeout(() => button.classList.remove('is-done'), 1500)
})

// Dialogs: a button opens one, Escape and its own buttons close it. The focus goes
// back to what opened it, or to the menu that it was in.
function show(dialog, opener) {
	const menu = opener.closest('details.menu')
	const back = !menu ? opener : menu.open ? menu.querySelector('summary') : document.activeElement // opened by a key
	if (menu) menu.open = false
	dialog.addEventListener('close', () => back.focus(), { once: true })
	dialog.showModal()
}
on('click', '[data-open]', (button, event) => {
	const dialog = document.getElementById(button.dataset.open)
	if (dialog instanceof HTMLDialogElement) {
		event.preventDefault()
		show(dialog, button)
	}
})
on('click', '[data-close]', (button, event) => {
	const dialog = button.closest('dialog')
	if (dialog) {
		event.preventDefault() // it may be a link, for where there is no dialog
		dialog.close()
	}
})
on('click', 'dialog', (dialog, event) => {
	if (event.target === dialog) dialog.close() // beside its content
})

// Links to a form that a dialog shows, where there is one.
on('click', 'a[data-dialog]', async (link, event) => {
	const dialog = document.getElementById(link.dataset.dialog)
	if (!(dialog instanceof HTMLDialogElement) || event.ctrlKey || event.metaKey || event.shiftKey) return
	event.preventDefault()
	const answer = await fetch(link.href, { headers: { 'HX-Request': 'true' } })
	if (!answer.ok) {
		location.href = link.href
		return
	}
	dialog.innerHTML = await answer.text()
	show(dialog, link)
})

// A slider of days moves the field of a moment, and sends the form when let go.
const day = 24 * 60 * 60 * 1000
function slides() {
	for (const slider of document.querySelectorAll('[data-slide][hidden]')) slider.hidden = false
}
on('input', '[data-slide]', (slider) => {
	const field = document.getElementById(slider.dataset.slide)
	const first = new Date(field.min + 'Z').getTime(), last = new Date(field.max + 'Z').getTime()
	const at = slider.value === slider.max ? last : Math.min(first + Number(slider.value) * day, last)
	field.value = new Date(at).toISOString().slice(0, 16)
})
on('change', '[data-slide]', (slider) => slider.form.requestSubmit())
document.addEventListener('htmx:after:swap', slides)
slides()

// What this browser remembers, if it remembers anything.
function stored(name) {
	try {
		return localStorage.getItem('galena-' + name)
	} catch {
		return null
	}
}
function store(name, value) {
	try {
		localStorage.setItem('galena-' + name, value)
	} catch {
		// then nothing is remembered
	}
}

// Keys without another held down can be turned off: whoever speaks to the computer,
// or strikes keys unmeant, would set them off.
for (const box of document.querySelectorAll('[data-keys-on]')) box.checked = stored('keys') !== 'off'
on('change', '[data-keys-on]', (box) => store('keys', box.checked ? 'on' : 'off'))

// Menus made of details: one at a time, closed by a click or the focus elsewhere, or
// by Escape.
for (const what of ['click', 'focusin']) {
	document.addEventListener(what, (event) => {
		for (const menu of document.querySelectorAll('details.menu[open]')) {
			if (!menu.contains(event.target)) menu.open = false
		}
	})
}
let begun = '' // of a key that another follows
document.addEventListener('keydown', (event) => {
	const pressed = begun + event.key
	begun = ''
	if (event.key === 'Escape') {
		for (const menu of document.querySelectorAll('details.menu[open]')) {
			menu.open = false
			menu.querySelector('summary')?.focus()
		}
	}
	const where = event.composedPath()[0] // also within the editor, which stands in a shadow
	const typing = where instanceof Element && where.closest('input, textarea, select, [contenteditable]')
	if (typing || event.ctrlKey || event.metaKey || event.altKey) {
		if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
			event.preventDefault()
			document.getElementById('search')?.focus()
		}
		return
	}
	if (document.querySelector('dialog[open]') || stored('keys') === 'off') return
	if (event.key === '/') {
		const search = document.getElementById('search')
		if (search) {
			event.preventDefault()
			search.focus()
		}
	}
	// What elements name as their key leads there, or does it.
	if (pressed === 'g') begun = 'g '
	const at = document.querySelector(`[data-key="${CSS.escape(pressed)}"]`)
	if (at) {
		event.preventDefault()
		at.focus()
		if (!at.matches('input, textarea')) at.click()
		return
	}
	if (event.key === 'x') document.activeElement.closest('tr')?.querySelector('input[data-choose]')?.click()
	// Lists: j and k move, Enter follows the link.
	if (event.key === 'j' || event.key === 'k') {
		const rows = [...document.querySelectorAll('[data-rows] a[data-row]')]
		if (!rows.length) return
		const at = rows.findIndex((row) => (row.closest('tr, li') ?? row).contains(document.activeElement))
		rows[Math.min(Math.max(at + (event.key === 'j' ? 1 : -1), 0), rows.length - 1)].focus()
	}
})

// The heads of tables that are no wider than their frame stay in sight.
const frames = new ResizeObserver((all) => {
	for (const { target } of all) target.classList.toggle('fits', target.scrollWidth <= target.clientWidth)
})
function watch() {
	for (const table of document.querySelectorAll('.table-frame > table[data-rows]')) frames.observe(table.parentElement)
}
document.addEventListener('htmx:after:swap', watch)
watch()

// Where tabs are wider than the screen, the one that is shown is in sight.
for (const tabs of document.querySelectorAll('.tabs')) {
	const at = tabs.querySelector('[aria-current]')?.getBoundingClientRect()
	const frame = tabs.getBoundingClientRect()
	if (at && at.right > frame.right) tabs.scrollLeft += at.right - frame.right + (frame.width - at.width) / 2
}

// Boxes that choose rows: one for all, and a bar that tells how many.
function count(table) {
	const boxes = [...table.querySelectorAll('input[data-choose]')]
	const chosen = boxes.filter((b) => b.checked).length
	const all = table.querySelector('input[data-choose-all]')
	if (all) {
		all.checked = chosen > 0 && chosen === boxes.length
		all.indeterminate = chosen > 0 && chosen < boxes.length
	}
	const bar = document.querySelector('[data-chosen]')
	if (bar) {
		bar.hidden = chosen === 0
		const number = bar.querySelector('[data-chosen-count]')
		if (number) number.textContent = String(chosen)
	}
}
on('change', 'input[data-choose]', (box) => count(box.closest('table')))
on('change', 'input[data-choose-all]', (all) => {
	const table = all.closest('table')
	for (const box of table.querySelectorAll('input[data-choose]')) box.checked = all.checked
	count(table)
})

// What is put into a page again keeps open what somebody opened.
htmx.config.morphIgnore = [...(htmx.config.morphIgnore ?? []), 'open']

// A link that is gone when what it asked for is there gives the focus on.
on('click', '[data-then]', (link) => {
	const next = link.dataset.then
	document.addEventListener('htmx:after:swap', () => {
		if (!link.isConnected) document.querySelector(next)?.focus({ preventScroll: true })
	}, { once: true })
})

// Lists that keep themselves current, unless somebody is busy with them.
const fresh = new WeakMap() // since when each is as it is; other lists take its place
setInterval(() => {
	for (const list of document.querySelectorAll('[data-live]')) {
		const now = Date.now()
		if (!fresh.has(list)) fresh.set(list, now)
		if (now - fresh.get(list) < Number(list.dataset.live) * 1000) continue
		fresh.set(list, now)
		const busy = document.hidden || list.querySelector('input:checked') || list.contains(document.activeElement) || document.querySelector('details.menu[open]')
		if (!busy) htmx.trigger(list, 'refresh')
	}
}, 1000)

// Lists that grow at their head keep no more than they say.
document.addEventListener('htmx:after:swap', () => {
	for (const list of document.querySelectorAll('[data-most]')) {
		const rows = [...list.children]
		for (const row of rows.slice(Number(list.dataset.most))) row.remove()
	}
})

// What was said goes by itself, unless it is an error.
for (const note of document.querySelectorAll('.toast[data-goes]')) {
	setTimeout(() => note.remove(), 6000)
}

// Zone and language of a first visit, for the form that asks for them.
for (const field of document.querySelectorAll('[data-guess-zone]')) {
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
	if (zone && [...field.options].some((o) => o.value === zone)) field.value = zone
}

root.classList.add('has-script')

// A large file: too large a one is refused before it is sent, and how far it is shows.
on('change', 'input[data-most]', (input) => {
	const large = input.files[0]?.size > Number(input.dataset.most)
	input.setCustomValidity(large ? input.dataset.mostText : '')
	input.reportValidity()
})
on('submit', 'form[data-upload]', (form, event) => {
	const shown = form.querySelector('[data-uploading]')
	const sending = new XMLHttpRequest()
	event.preventDefault()
	sending.upload.addEventListener('progress', (sent) => {
		if (sent.lengthComputable) shown.querySelector('progress').value = 100 * sent.loaded / sent.total
	})
	// Where the server leads on, or the form again with what is wrong.
	sending.addEventListener('load', () => {
		if (sending.responseURL !== form.action) {
			location.assign(sending.responseURL)
			return
		}
		document.open()
		document.write(sending.responseText)
		document.close()
	})
	sending.addEventListener('error', () => location.reload()) // the browser tells that nobody is there
	sending.open('POST', form.action)
	sending.send(new FormData(form)) // before the fields are disabled
	shown.hidden = false
	form.querySelectorAll('input, button').forEach((field) => { field.disabled = true })
})
