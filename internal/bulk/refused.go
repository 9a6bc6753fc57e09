package bulk

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/lead"
)

// RefusedMember is the member of an NDJSON line that tells why what stands in the
// rest of the line was refused. Reading leaves it out, so that a file of what was
// refused can be mended and imported as it is.
const RefusedMember = "galena_reject"

// Refused is that member. Names and order of the fields are a promise to whoever
// reads the files.
type Refused struct {
	Seq       int64     `json:"seq,omitzero"`      // in the workspace
	Row       int       `json:"row,omitzero"`      // in the file it came from
	Received  lead.Time `json:"received,omitzero"` //
	Key       int64     `json:"key,omitzero"`      // id of the write key
	Origin    string    `json:"origin,omitempty"`  // of what came by a key
	MessageID string    `json:"message_id,omitempty"`
	Code      string    `json:"code"`
	Message   string    `json:"message"`
	// Columns are those of the table whose row it was.
	Columns []string `json:"columns,omitempty"`
	// Text is what was refused where that is no JSON object: broken, or cut. Such
	// a line is refused again until the object stands beside this member.
	Text string `json:"text,omitempty"`
	// Cut says that only the beginning is known.
	Cut bool `json:"cut,omitzero"`
}

// RefusedWriter writes what was refused as NDJSON. Flush must follow the last one.
type RefusedWriter struct{ lines *bufio.Writer }

// NewRefusedWriter begins a file of what was refused.
func NewRefusedWriter(w io.Writer) *RefusedWriter { return &RefusedWriter{bufio.NewWriter(w)} }

// Flush writes out what is held back, and tells of an error of any write so far.
func (w *RefusedWriter) Flush() error { return w.lines.Flush() }

// Kept adds a reject that the workspace has kept. origin is that of its key, 0
// for a reject of an import. A message without a time gets the time at which it
// came: when it is imported that is long ago.
func (w *RefusedWriter) Kept(r *lead.Reject, origin lead.Origin) error {
	was := RefusedOf(r, origin)
	object := objectIn(r.Body)
	if object == nil {
		was.Text = string(r.Body)
		return w.line(&was, nil)
	}
	members := object.members
	if rest, of := takeRefused(r.Body); origin == 0 && of != nil {
		was.Row, was.Columns, was.Origin = of.Row, of.Columns, of.Origin
		members = objectIn(rest).members
	}
	if origin != 0 && !object.has("timestamp") && !object.has("originalTimestamp") {
		members = append(members, member{`"timestamp"`, jsontext.Value(`"` + r.Received.String() + `"`)})
	}
	return w.line(&was, members)
}

// RefusedOf tells what is known of a reject that the workspace has kept, but for
// its text.
func RefusedOf(r *lead.Reject, origin lead.Origin) Refused {
	was := Refused{
		Seq: r.Seq, Received: r.Received, Key: max(0, r.Source), MessageID: r.MessageID, Code: r.Code, Message: r.Message,
		Cut: isCut(r.Body),
	}
	if origin != 0 {
		was.Origin = origin.String()
	}
	return was
}

// Row adds a row of a file.
func (w *RefusedWriter) Row(row *Row) error {
	r := row.Reject
	was := Refused{Row: row.Number, MessageID: r.MessageID, Code: r.Code, Message: r.Message}
	if row.refused == nil {
		was.Text, was.Cut = string(r.Body), isCut(r.Body)
		return w.line(&was, nil)
	}
	was.Columns, was.Origin = row.refused.columns, row.origin
	return w.line(&was, row.refused.members)
}

// line writes members behind the member of what tells about them.
func (w *RefusedWriter) line(was any, members []member) error {
	text, err := json.Marshal(was, lenient)
	if err != nil {
		return err
	}
	line := append([]byte(`{"`+RefusedMember+`":`), text...)
	for _, m := range members {
		line = append(append(append(append(line, ','), m.name...), ':'), m.value...)
	}
	_, err = w.lines.Write(append(line, '}', '\n'))
	return err
}

// Editable is what a person mends of a body that was kept: the refused member is
// left out. What is no JSON object is given as it is.
func Editable(kept []byte) []byte {
	rest, was := takeRefused(kept)
	if was == nil {
		return kept
	}
	return rest
}

// Mended is what a person made of Editable, as the line that it was: with the
// refused member of what was kept, which says of which table it is a row.
func Mended(kept, text []byte) []byte {
	_, was := takeRefused(kept)
	edited := objectIn(text)
	if was == nil || edited == nil || edited.has(RefusedMember) {
		return text
	}
	c := content{columns: was.Columns, members: edited.members}
	line, err := c.body(was.Row, was.Origin)
	if err != nil {
		return text
	}
	return line
}

// isCut says whether a body that was kept is only the beginning of what was sent:
// it is as long as bodies are kept, or shorter by a character that would have
// been torn, and is no whole object.
func isCut(body []byte) bool {
	return len(body) > lead.MaxRejectBody-utf8.UTFMax && objectIn(body) == nil
}

// body is what a workspace keeps of a refused row: the line of a file of refused
// rows, but for what the reject itself tells.
func (c *content) body(row int, origin string) ([]byte, error) {
	var b bytes.Buffer
	w := NewRefusedWriter(&b)
	of := struct {
		Row     int      `json:"row,omitzero"`
		Origin  string   `json:"origin,omitempty"`
		Columns []string `json:"columns,omitempty"`
	}{row, origin, c.columns}
	if err := errors.Join(w.line(of, c.members), w.Flush()); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// identity tells the refused row from others, whichever file it stands in: by
// what it holds and why it was refused.
func (c *content) identity(source, code string) lead.MessageHash {
	members := slices.Clone(c.members)
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	h := sha256.New()
	hashText(h, source)
	hashText(h, code)
	for _, m := range members {
		if string(m.value) != `""` {
			hashText(h, m.name)
			hashText(h, string(m.value))
		}
	}
	return lead.MessageHash(h.Sum(nil)[:16])
}

// content is what a refused row holds, so that it can be written again.
type content struct {
	columns []string // of a table
	members []member
}

// member is a member of a JSON object: its name and value as written.
type member struct {
	name  string // quoted
	value jsontext.Value
}

// object is a JSON object as written, without blanks.
type object struct{ members []member }

// objectIn reads a text that is one JSON object, nil if it is none.
func objectIn(text []byte) *object {
	dec := jsontext.NewDecoder(bytes.NewReader(text), lenient)
	if t, err := dec.ReadToken(); err != nil || t.Kind() != '{' {
		return nil
	}
	o := &object{}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadValue()
		if err != nil {
			return nil
		}
		quoted := string(name)
		value, err := dec.ReadValue()
		if err != nil {
			return nil
		}
		value = value.Clone()
		if err := value.Compact(lenient); err != nil {
			return nil
		}
		o.members = append(o.members, member{quoted, value})
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		return nil
	}
	return o
}

func (o *object) has(name string) bool {
	for _, m := range o.members {
		if m.name == `"`+name+`"` && m.value.Kind() != 'n' {
			return true
		}
	}
	return false
}

// takeRefused takes the refused member out of a line; nil if it has none.
func takeRefused(line []byte) (rest []byte, was *Refused) {
	if !bytes.Contains(line, []byte(`"`+RefusedMember+`"`)) {
		return line, nil
	}
	o := objectIn(line)
	if o == nil {
		return line, nil
	}
	rest = []byte{'{'}
	for _, m := range o.members {
		if m.name == `"`+RefusedMember+`"` {
			if was == nil { // a second one is a sender's, and says nothing
				was = &Refused{}
				// What somebody made of it while mending is no matter.
				_ = json.Unmarshal(m.value, was, lenient)
			}
			continue
		}
		if len(rest) > 1 {
			rest = append(rest, ',')
		}
		rest = append(append(append(rest, m.name...), ':'), m.value...)
	}
	if was == nil {
		return line, nil
	}
	return append(rest, '}'), was
}

// tableContent is a row of a table as members.
func tableContent(names, cells []string) *content {
	c := &content{columns: names}
	for i, text := range cells {
		name := "column " + itoa(i+1)
		if i < len(names) {
			name = names[i]
		}
		quotedName, _ := json.Marshal(name, lenient)
		quotedText, _ := json.Marshal(text, lenient)
		c.members = append(c.members, member{string(quotedName), quotedText})
	}
	return c
}

// lineContent is a line of NDJSON as members; nil if it is no object.
func lineContent(line []byte) *content {
	o := objectIn(line)
	if o == nil {
		return nil
	}
	return &content{members: o.members}
}
