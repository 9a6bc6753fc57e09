package view

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// Agreement is the text of a playbook for reading: the Markdown that package
// playbook writes, taken apart into what it consists of. It knows that dialect and
// no other: headings, paragraphs, tables, lists, code and strong words. Nothing in
// it becomes HTML but these; all else is text.
type Agreement struct {
	Blocks []Block
	// Sections are its headings of the second level.
	Sections []Section
}

// Section is a part of an agreement and where it begins.
type Section struct{ Title, ID string }

// Block is one thing of an agreement; which of its members is set tells what.
type Block struct {
	// Heading is 2 or 3, 0 of what is none. ID is where links lead.
	Heading int
	ID      string
	Text    []Span // of a heading or a paragraph
	Head    [][]Span
	Rows    []Row
	Ordered bool
	Start   int // the first number of an ordered list
	Items   []Item
}

// Row is one of a table, Item one of a list.
type (
	Row struct {
		ID    string
		Cells [][]Span
	}
	Item struct {
		ID     string
		Blocks []Block
	}
)

// Span is a piece of text in one style.
type Span struct {
	Text         string
	Code, Strong bool
}

// shortCell is up to how many letters a cell of a table stays on one line.
const shortCell = 26

// cellClass is how a cell stands: what is short stays on one line, and a number ends
// where those above and below it do.
func cellClass(cell []Span) string {
	text := plainText(cell)
	_, err := strconv.ParseFloat(text, 64)
	switch {
	case err == nil:
		return "right number"
	case utf8.RuneCountInString(text) <= shortCell:
		return "nowrap"
	}
	return ""
}

// headClass is how the head of the n-th column stands.
func (b *Block) headClass(n int) string {
	for _, r := range b.Rows {
		if n >= len(r.Cells) || cellClass(r.Cells[n]) != "right number" {
			return ""
		}
	}
	return "right"
}

// ReadAgreement takes the Markdown apart. The heading of the first level is left
// out: it is the title of the page. Sections are where their titles lead in English,
// in whatever language they are told; sections gives the English of those that are
// known.
func ReadAgreement(markdown string, sections map[string]string) *Agreement {
	r := &agreementReader{lines: strings.Split(markdown, "\n"), sections: sections}
	a := &Agreement{Blocks: r.blocks(0)}
	for _, b := range a.Blocks {
		if b.Heading == 2 {
			a.Sections = append(a.Sections, Section{Title: plainText(b.Text), ID: b.ID})
		}
	}
	return a
}

// Anchor is where the n-th row or item, from 1, of a part of an agreement stands:
// of a section by its title, or of a group in it by its name. N 0 is the part.
func Anchor(section, group string, n int) string {
	id := slug(section)
	if group != "" {
		id += "-" + group
	}
	if n > 0 {
		id += fmt.Sprintf("-%d", n)
	}
	return id
}

func slug(title string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "-")
}

type agreementReader struct {
	lines          []string
	at             int
	section, group string
	sections       map[string]string
	// counted are the rows and items since the last heading.
	counted int
}

// maxNesting bounds how deep lists may stand in lists.
const maxNesting = 12

// next is the present line without its indentation; false where the block ends:
// at a line that is indented less.
func (r *agreementReader) next(indent int) (string, bool) {
	if r.at >= len(r.lines) {
		return "", false
	}
	line := r.lines[r.at]
	if strings.TrimSpace(line) == "" {
		return "", true
	}
	if len(line)-len(strings.TrimLeft(line, " ")) < indent {
		return "", false
	}
	return line[indent:], true
}

func (r *agreementReader) blocks(indent int) []Block {
	var all []Block
	for {
		line, more := r.next(indent)
		if !more {
			return all
		}
		if line == "" {
			r.at++
			continue
		}
		if level, text := headingOf(line); level > 0 {
			r.at++
			if level > 1 {
				all = append(all, r.heading(level, spans(text)))
			}
			continue
		}
		if strings.HasPrefix(line, "| ") {
			all = append(all, r.table(indent))
			continue
		}
		if ordered, start, width := markerOf(line); width > 0 && indent < maxNesting*4 {
			last := len(all) - 1
			if last < 0 || all[last].Items == nil || all[last].Ordered != ordered {
				all = append(all, Block{Ordered: ordered, Start: start})
				last++
			}
			all[last].Items = append(all[last].Items, r.item(indent, width))
			continue
		}
		all = append(all, Block{Text: spans(strings.TrimSpace(line))})
		r.at++
	}
}

func headingOf(line string) (level int, text string) {
	text = strings.TrimLeft(line, "#")
	level = len(line) - len(text)
	if level == 0 || level > 3 || !strings.HasPrefix(text, " ") {
		return 0, ""
	}
	return level, strings.TrimSpace(text)
}

func (r *agreementReader) heading(level int, text []Span) Block {
	r.counted = 0
	if level == 2 {
		r.section, r.group = plainText(text), ""
		if english := r.sections[r.section]; english != "" {
			r.section = english
		}
	} else {
		r.group = slug(plainText(text))
		for _, s := range text {
			if s.Code {
				r.group = s.Text
			}
		}
	}
	return Block{Heading: level, Text: text, ID: Anchor(r.section, r.group, 0)}
}

// markerOf finds what a line of a list begins with, and how wide that is; 0 if it
// is none.
func markerOf(line string) (ordered bool, start, width int) {
	if strings.HasPrefix(line, "- ") {
		return false, 0, 2
	}
	digits := 0
	for digits < len(line) && digits < 4 && line[digits] >= '0' && line[digits] <= '9' {
		start = start*10 + int(line[digits]-'0')
		digits++
	}
	if digits > 0 && strings.HasPrefix(line[digits:], ". ") {
		return true, start, digits + 2
	}
	return false, 0, 0
}

// item reads an item of a list: its line, and what is indented below it.
func (r *agreementReader) item(indent, width int) Item {
	item := Item{}
	if indent == 0 {
		r.counted++
		item.ID = Anchor(r.section, r.group, r.counted)
	}
	item.Blocks = []Block{{Text: spans(strings.TrimSpace(r.lines[r.at][indent+width:]))}}
	r.at++
	item.Blocks = append(item.Blocks, r.blocks(indent+width)...)
	return item
}

func (r *agreementReader) table(indent int) Block {
	var b Block
	for {
		line, more := r.next(indent)
		if !more || !strings.HasPrefix(line, "|") {
			return b
		}
		r.at++
		switch {
		case strings.HasPrefix(line, "| ---"), strings.HasPrefix(line, "|---"):
		case b.Head == nil:
			b.Head = cells(line)
		default:
			r.counted++
			b.Rows = append(b.Rows, Row{ID: Anchor(r.section, r.group, r.counted), Cells: cells(line)})
		}
	}
}

// cells splits a row at its bars, but for those that are marked as text.
func cells(line string) [][]Span {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|")
	var all [][]Span
	from := 0
	for i := 0; i <= len(line); i++ {
		if i == len(line) || line[i] == '|' && (i == 0 || line[i-1] != '\\') {
			all = append(all, spans(strings.TrimSpace(strings.ReplaceAll(line[from:i], `\|`, "|"))))
			from = i + 1
		}
	}
	return all
}

// spans reads a line of text: what is marked with a backslash is itself.
func spans(text string) []Span {
	var all []Span
	var plain strings.Builder
	strong := false
	flush := func() {
		if plain.Len() > 0 {
			all = append(all, Span{Text: plain.String(), Strong: strong})
			plain.Reset()
		}
	}
	for len(text) > 0 {
		switch {
		case text[0] == '\\' && len(text) > 1 && strings.IndexByte("\\`*_[]<>|#", text[1]) >= 0:
			plain.WriteByte(text[1])
			text = text[2:]
		case text[0] == '`':
			inside, rest, closed := fenced(text)
			if !closed {
				plain.WriteString(text)
				text = ""
				break
			}
			flush()
			all = append(all, Span{Text: inside, Code: true, Strong: strong})
			text = rest
		case strings.HasPrefix(text, "**"):
			flush()
			strong = !strong
			text = text[2:]
		default:
			plain.WriteByte(text[0])
			text = text[1:]
		}
	}
	flush()
	return all
}

// fenced reads code between backticks, as many after it as before.
func fenced(text string) (inside, rest string, closed bool) {
	n := len(text) - len(strings.TrimLeft(text, "`"))
	fence := text[:n]
	for at := n; ; {
		end := strings.Index(text[at:], fence)
		if end < 0 {
			return "", "", false
		}
		end += at
		if after := text[end+n:]; !strings.HasPrefix(after, "`") {
			inside = text[n:end]
			if n > 1 && strings.HasPrefix(inside, " ") && strings.HasSuffix(inside, " ") && len(inside) > 1 {
				inside = inside[1 : len(inside)-1]
			}
			return inside, after, true
		}
		at = end + n + len(text[end+n:]) - len(strings.TrimLeft(text[end+n:], "`"))
	}
}

func plainText(text []Span) string {
	var b strings.Builder
	for _, s := range text {
		b.WriteString(s.Text)
	}
	return b.String()
}

// named gives an element an id, where it has one.
func named(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": id}
}
