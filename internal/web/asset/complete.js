// What can be written next in a playbook: fields as the schema knows them, names
// as the text itself declares them, and the words of conditions.
import { ensureSyntaxTree } from '@codemirror/language'

const conditions = ['when', 'where', 'fast_track', 'back_when', 'enrol', 'exit']

// Fields whose values are names, and which.
const named = {
	on: ['signals'], of: ['signals'], any: ['signals'], hand_raise: ['signals'], touches: ['signals'], wait_for: ['signals'],
	sum: ['scores'], score: ['scores', 'totals'], back_to: ['stages'], stage: ['stages', 'exits'], anchors: ['stages'],
}

const parts = { page: ['url', 'path', 'title', 'referrer', 'search'], campaign: ['source', 'medium', 'name', 'term', 'content'] }

// flow reads what is open at the end of a line: the fields and lists that lead there,
// and what is written of the value.
function flow(text) {
	const open = []
	let key = null, start = 0, quote = ''
	for (let i = 0; i < text.length; i++) {
		const c = text[i]
		if (quote) {
			if (c === '\\' && quote === '"') i++
			else if (c === quote) quote = ''
		} else if ((c === '"' || c === "'") && !text.slice(start, i).trim()) quote = c
		else if ((c === '{' || c === '[') && !text.slice(start, i).trim()) {
			open.push({ key, list: c === '[' })
			key = null
			start = i + 1
		} else if ((c === '}' || c === ']') && open.length) {
			key = open.pop().key
			start = i + 1
		} else if (c === ',' && open.length) {
			key = null
			start = i + 1
		} else if (c === ':' && /\s|$/.test(text[i + 1] ?? '') && key === null && !open.at(-1)?.list) {
			key = text.slice(start, i).trim().replace(/^["']|["']$/g, '')
			start = i + 1
		}
	}
	return { open, key, start, value: text.slice(start) }
}

// place says where in the document a position is: the path to it, its items as
// null, and, of a value, its field.
function place(doc, at) {
	const line = doc.lineAt(at)
	const path = []
	let text = line.text.slice(0, at - line.from)
	let indent = /^ */.exec(text)[0].length
	let from = indent
	const items = []
	for (let m; (m = /^- +/.exec(text.slice(from))); from += m[0].length) items.push(from)
	const here = flow(text.slice(from))
	for (const o of here.open) path.push(...(o.key === null ? [] : [o.key]), ...(o.list ? [null] : []))
	for (let n = items.length; n > 0; n--) path.unshift(null)
	let column = items.length ? items[0] : indent
	let outer = items.length > 0
	const siblings = new Set()
	let beside = !items.length && !here.open.length
	for (let n = line.number - 1; n > 0; n--) {
		const above = doc.line(n).text
		if (!above.trim() || /^\s*#/.test(above)) continue
		const dashes = /^ *((?:- +)*)/.exec(above)
		const begins = dashes[0].length
		const first = begins - dashes[1].length
		if (beside && begins === indent) {
			const key = /^([\w]+):/.exec(above.slice(begins))
			if (key) siblings.add(key[1])
		}
		if (begins < indent || (begins === indent && dashes[1])) beside = false
		// A list may stand as far left as the field that holds it.
		if (dashes[1] && first < column && begins <= column) {
			path.unshift(null)
			column = first
			outer = true
			if (begins > column) continue
		}
		const key = /^([\w]+):/.exec(above.slice(begins))
		if (key && (begins < column || (outer && begins === column && !dashes[1]))) {
			path.unshift(key[1])
			column = begins
			outer = false
			if (dashes[1]) {
				path.unshift(null)
				column = first
				outer = true
			}
		}
		if (column === 0 && !outer) break
	}
	if (here.open.length) for (const m of text.matchAll(/[{,]\s*(\w+):/g)) siblings.add(m[1])
	return { path, field: here.key, value: here.value, siblings, begins: line.from + from + here.start }
}

// at follows a path into the schema, wherever it may lead.
function follow(language, schema, path) {
	const defs = language.schema.$defs
	let now = [schema]
	const spread = (list) => list.flatMap((s) => (s.$ref ? spread([defs[s.$ref.split('/').pop()]]) : s.oneOf ? [s, ...spread(s.oneOf)] : [s]))
	now = spread(now)
	for (const step of path) {
		now = spread(now.flatMap((s) => (step === null ? (s.items ? [s.items] : []) : s.properties?.[step] ? [s.properties[step]] : typeof s.additionalProperties === 'object' ? [s.additionalProperties] : [])))
	}
	return now
}

// declared finds the names in each section of the document.
function declared(state) {
	const found = {}
	const text = (node) => state.sliceDoc(node.from, node.to).replace(/^["']|["']$/g, '')
	const maps = (node) => (node?.name === 'BlockMapping' || node?.name === 'FlowMapping' ? node.getChildren('Pair') : [])
	const key = (pair) => (pair.getChild('Key') ? text(pair.getChild('Key')) : '')
	const field = (node, name) => {
		const pair = maps(node).find((p) => key(p) === name)
		return pair ? text(pair.lastChild) : ''
	}
	const tree = ensureSyntaxTree(state, state.doc.length, 200)
	const root = tree?.topNode.getChild('Document')?.firstChild
	for (const section of maps(root)) {
		const body = section.lastChild
		const list = body.name === 'BlockSequence' || body.name === 'FlowSequence' ? body.getChildren('Item').map((i) => ({ label: field(i.firstChild, 'name'), detail: field(i.firstChild, 'label') })) : []
		const entries = maps(body).map((p) => ({ label: key(p), detail: field(p.lastChild, 'label') }))
		found[key(section)] = [...list, ...entries].filter((n) => n.label)
	}
	return found
}

const options = (names, type) => (names ?? []).map((n) => ({ ...n, type }))

// condition completes the words of a condition.
function condition(language, names, written, explicit, at, ofEvent) {
	const quotes = written.replace(/\\./g, '').match(/"/g)?.length ?? 0
	if (quotes % 2) {
		const stage = /\bstages?\s*(?:==|!=|in)\s*[^&|]*"([^"]*)$/.exec(written)
		return stage && { from: at - stage[1].length, options: options([...(names.stages ?? []), ...(names.exits ?? [])], 'enum'), validFor: /^[^"]*$/ }
	}
	const word = /[\w.]*$/.exec(written)[0]
	if (!word && !explicit && !/[(&|!]\s*$/.test(written)) return null
	const functions = language.functions.filter((f) => (ofEvent ? f.of_events : f.of_leads))
	const call = (f) => ({ label: f.name, type: 'function', detail: f.usage, info: f.help, apply: f.name + '(' })
	const dot = word.lastIndexOf('.')
	if (dot >= 0) {
		const root = word.slice(0, dot)
		return { from: at - word.length + dot + 1, options: [...(ofEvent ? (parts[root] ?? []).map((p) => ({ label: p, type: 'property' })) : []), ...functions.filter((f) => f.member).map(call)], validFor: /^\w*$/ }
	}
	const from = at - word.length
	const inside = /\b(count|since|distinct|same|known)\(\s*(?:\w+\s*,\s*)?$/.exec(written.slice(0, written.length - word.length))?.[1]
	const attributes = options([...language.attributes, ...(names.attributes ?? [])], 'variable')
	let all
	if (inside === 'known') all = attributes
	else if (inside === 'since') all = [...options(names.signals, 'variable'), ...attributes]
	else if (inside) all = options(names.signals, 'variable')
	else if (ofEvent) all = [...language.events.map((e) => ({ label: e, type: 'variable' })), ...functions.filter((f) => !f.member).map(call)]
	else all = [...attributes, ...['segments', 'personas', 'scores', 'totals'].flatMap((s) => options(names[s], 'variable')), { label: 'in_stage', type: 'variable' }, ...functions.filter((f) => !f.member).map(call)]
	return { from, options: all, validFor: /^\w*$/ }
}

// complete makes a source of completions of what the server tells of the language.
export function complete(language) {
	return (context) => {
		const { path, field, value, siblings, begins } = place(context.state.doc, context.pos)
		const within = field === null ? path : [...path, field]
		const schemas = follow(language, language.schema, within)
		const last = within.findLast((p) => p !== null)
		const word = /[\w-]*$/.exec(value)[0]
		const typed = value.replace(/^\s*["']?/, '')
		const asks = conditions.includes(last) && schemas.some((s) => [s.type].flat().includes('string'))
		if (asks && (field !== null || path.at(-1) === last)) {
			return condition(language, declared(context.state), typed, context.explicit, context.pos, last === 'where')
		}
		const from = context.pos - word.length
		if (field === null && path.at(-1) !== null || field === null && schemas.some((s) => s.properties)) {
			const fields = schemas.flatMap((s) => Object.entries(s.properties ?? {}))
			if (fields.length) {
				if (!word && !context.explicit) return null
				return { from, options: fields.filter(([name]) => !siblings.has(name)).map(([name, f]) => ({ label: name, type: 'property', info: f.description, apply: name + ': ' })), validFor: /^\w*$/ }
			}
		}
		if (value && !word && !context.explicit && value.trim()) return null
		const values = schemas.flatMap((s) => [...(s.enum ?? []), ...('const' in s ? [s.const] : []), ...([s.type].flat().includes('boolean') ? ['true', 'false'] : [])]).map((v) => ({ label: String(v), type: 'enum' }))
		const sections = last === 'on' && within[0] === 'handoff' ? ['stages'] : (named[last] ?? [])
		const names = sections.length ? declared(context.state) : {}
		const all = [...sections.flatMap((s) => options(names[s], 'variable')), ...values]
		return all.length ? { from: Math.max(from, begins), options: all, validFor: /^[\w-]*$/ } : null
	}
}
